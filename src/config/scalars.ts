import { formatDuration, parseDuration } from '../domain/duration.js';
import { outside, type Value, wrong } from './value.js';

/** A duration between two bounds, both in ms and both allowed; read as ms. */
export function duration(example: string, minMs: number, maxMs: number): Value<number> {
  const bounds = `${formatDuration(minMs)} to ${formatDuration(maxMs)}`;
  return {
    example,
    bounds,
    read: (raw) => {
      const ms = typeof raw === 'string' || typeof raw === 'number' ? parseDuration(raw) : undefined;
      if (ms === undefined) {
        return wrong(raw, 'a duration', example);
      }
      return ms < minMs || ms > maxMs ? outside(raw, bounds, example) : { ok: ms };
    },
    show: formatDuration,
  };
}

const DIGITS = /^\d+$/;

const wholeNumber = (raw: unknown): number | undefined => {
  const number = typeof raw === 'string' && DIGITS.test(raw) ? Number(raw) : raw;
  return Number.isInteger(number) ? (number as number) : undefined;
};

/** A whole number between two bounds, both allowed. */
export function integer(example: string, min: number, max: number): Value<number> {
  const bounds = `${min} to ${max}`;
  return {
    example,
    bounds,
    read: (raw) => {
      const number = wholeNumber(raw);
      if (number === undefined) {
        return wrong(raw, 'a whole number', example);
      }
      return number < min || number > max ? outside(raw, bounds, example) : { ok: number };
    },
    show: String,
  };
}

/** A power of two between two bounds, both allowed. */
export function powerOfTwo(example: string, min: number, max: number): Value<number> {
  const whole = integer(example, min, max);
  return {
    ...whole,
    bounds: `a power of two, ${whole.bounds}`,
    read: (raw, context) => {
      const read = whole.read(raw, context);
      return 'ok' in read && !Number.isInteger(Math.log2(read.ok)) ? wrong(raw, 'a power of two', example) : read;
    },
  };
}

export const flag: Value<boolean> = {
  example: 'true',
  bounds: 'true or false',
  read: (raw) => (typeof raw === 'boolean' ? { ok: raw } : wrong(raw, 'true or false', flag.example)),
  show: String,
};

/** One of a few words. */
export function choice<const T extends string>(example: T, words: readonly T[]): Value<T> {
  const bounds = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return {
    example,
    bounds,
    read: (raw) => {
      const word = words.find((candidate) => candidate === raw);
      return word === undefined ? wrong(raw, bounds, example) : { ok: word };
    },
    show: String,
  };
}

/** A signal name that the machine knows. */
export const signal: Value<string> = {
  example: 'SIGTERM',
  bounds: 'a signal name',
  read: (raw, { signals }) =>
    typeof raw === 'string' && signals.has(raw) ? { ok: raw } : wrong(raw, 'a signal name', signal.example),
  show: String,
};
