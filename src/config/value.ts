/** What reading needs to know about the machine, passed in so that reading stays pure. */
export interface Context {
  /** Signal names that can be sent, with SIG prefix. */
  readonly signals: ReadonlySet<string>;
}

/** The way to a key: names and list indexes, outermost first. */
export type Path = readonly (string | number)[];

export interface Refusal {
  /** What is wrong and what to do, on one line, without the path. */
  readonly error: string;
  readonly path: Path;
}

export type Read<T> = { readonly ok: T } | Refusal;

/**
 * What a key may hold: how it is read from YAML or from an option's text, and written back. `Given` is what one source
 * may say of a T: the same, or a part of it that is filled up from the defaults.
 */
export interface Value<T, Given = T> {
  readonly example: string;
  /** What is allowed, in words. */
  readonly bounds: string;
  readonly read: (raw: unknown, context: Context) => Read<Given>;
  /** As one would write it in the file or the option. */
  readonly show: (value: T) => string;
}

/** Longest piece of the user's text that an error repeats. */
const QUOTE_CHARS = 60;

export function quote(raw: unknown): string {
  if (raw === null || raw === undefined) {
    return 'an empty value';
  }
  if (Array.isArray(raw)) {
    return 'a list';
  }
  if (typeof raw === 'object') {
    return 'a mapping';
  }
  if (typeof raw !== 'string') {
    return String(raw);
  }
  return JSON.stringify(raw.length > QUOTE_CHARS ? `${raw.slice(0, QUOTE_CHARS)}…` : raw);
}

export const refuse = (error: string, path: Path = []): Refusal => ({ error, path });

/** The value is not of the kind that the key holds. */
export const wrong = (raw: unknown, what: string, example: string): Refusal =>
  refuse(`${quote(raw)} is not ${what}; use for example ${example}`);

/** The value is of the right kind, but too small or too large. */
export const outside = (raw: unknown, bounds: string, example: string): Refusal =>
  refuse(`${quote(raw)} is out of bounds (${bounds}); use for example ${example}`);

/** The same refusal, seen from one level further out. */
export const within = (step: string | number, { error, path }: Refusal): Refusal => ({ error, path: [step, ...path] });

const PLAIN_NAME = /^[\w-]{1,60}$/;

/** `ladder[1].signal`; a name that could be misread is quoted. */
export function formatPath(path: Path): string {
  return path
    .map((step, at) => {
      if (typeof step === 'number') {
        return `[${step}]`;
      }
      const name = PLAIN_NAME.test(step) ? step : quote(step);
      return at === 0 ? name : `.${name}`;
    })
    .join('');
}

/** A refusal as one line: `threshold: 10ms is out of bounds (100ms to 24h); use for example 60s`. */
export const formatRefusal = ({ error, path }: Refusal): string =>
  path.length === 0 ? error : `${formatPath(path)}: ${error}`;
