import { nearest } from './nearest.js';
import { type Context, type Read, refuse, type Value, within, wrong } from './value.js';

/** One key of a mapping. `Whole` is what all keys together describe, `Given` what one file or command line says of it. */
export interface Key<Whole, Given = Partial<Whole>> {
  /** Kebab-case, as written in the file; an option has the same name behind `--`. */
  readonly name: string;
  /** One line without a full stop. */
  readonly help: string;
  readonly example: string;
  /** What is allowed, in words. */
  readonly bounds: string;
  /** The one field that the value becomes. */
  readonly read: (raw: unknown, context: Context) => Read<Given>;
  readonly show: (whole: Whole) => string;
}

/** Makes keys of one mapping, each tied to the field that it sets. */
export const keysOf =
  <Whole, Given extends { readonly [F in keyof Whole]?: unknown } = Partial<Whole>>() =>
  <F extends keyof Whole>(
    name: string,
    field: F,
    value: Value<Whole[F], NonNullable<Given[F]>>,
    help: string,
  ): Key<Whole, Given> => ({
    name,
    help,
    example: value.example,
    bounds: value.bounds,
    read: (raw, context) => {
      const read = value.read(raw, context);
      return 'ok' in read ? { ok: { [field]: read.ok } as unknown as Given } : read;
    },
    show: (whole) => value.show(whole[field]),
  });

/** The one spelling of a key's name: `dryRun` is accepted for `dry-run`. */
export const canonicalName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Reads the keys that are there. Any other key is refused, and the nearest known one named. */
export function readKeys<Whole, Given>(
  keys: readonly Key<Whole, Given>[],
  raw: ReadonlyMap<string, unknown>,
  context: Context,
): Read<Given> {
  const fields: Given[] = [];
  for (const [name, value] of raw) {
    const key = keys.find((candidate) => candidate.name === canonicalName(name));
    if (key === undefined) {
      const names = keys.map((candidate) => candidate.name);
      return refuse(`unknown key; the nearest known key is ${nearest(canonicalName(name), names)}`, [name]);
    }
    const read = key.read(value, context);
    if (!('ok' in read)) {
      return within(name, read);
    }
    fields.push(read.ok);
  }
  return { ok: Object.assign({}, ...fields) as Given };
}

const flow = <Whole, Given>(keys: readonly Key<Whole, Given>[], write: (key: Key<Whole, Given>) => string): string =>
  `{${keys.map((key) => `${key.name}: ${write(key)}`).join(', ')}}`;

/** A mapping in which any key may be missing. */
export function partial<T>(keys: readonly Key<T>[]): Value<T, Partial<T>> {
  const example = flow(keys, (key) => key.example);
  return {
    example,
    bounds: flow(keys, (key) => key.bounds),
    read: (raw, context) => (raw instanceof Map ? readKeys(keys, raw, context) : wrong(raw, 'a mapping', example)),
    show: (whole) => flow(keys, (key) => key.show(whole)),
  };
}

/** A mapping in which every key must be there. */
export function complete<T>(keys: readonly Key<T>[]): Value<T> {
  const { read: readGiven, ...rest } = partial(keys);
  return {
    ...rest,
    read: (raw, context) => {
      const read = readGiven(raw, context);
      if (!('ok' in read)) {
        return read;
      }
      const given = [...(raw as ReadonlyMap<string, unknown>).keys()].map(canonicalName);
      const missing = keys.find((key) => !given.includes(key.name));
      return missing === undefined
        ? { ok: read.ok as T }
        : refuse(`missing; use for example ${missing.example}`, [missing.name]);
    },
  };
}

/** A list of at least one and at most `max` items. */
export function list<T>(item: Value<T>, max: number): Value<readonly T[]> {
  const example = `[${item.example}]`;
  return {
    example,
    bounds: `a list of 1 to ${max}, each ${item.bounds}`,
    read: (raw, context) => {
      if (!Array.isArray(raw)) {
        return wrong(raw, 'a list', example);
      }
      if (raw.length < 1 || raw.length > max) {
        return refuse(`has ${raw.length} items, not 1 to ${max}; use for example ${example}`);
      }
      const items: T[] = [];
      for (const [at, rawItem] of raw.entries()) {
        const read = item.read(rawItem, context);
        if (!('ok' in read)) {
          return within(at, read);
        }
        items.push(read.ok);
      }
      return { ok: items };
    },
    show: (items) => `[${items.map(item.show).join(', ')}]`,
  };
}
