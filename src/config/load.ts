import { closeSync, openSync, readSync } from 'node:fs';
import type { Settings } from '../domain/settings.js';
import { EXIT, UserError } from '../errors.js';
import { merge } from './merge.js';
import { type Parsed, parseConfig } from './parse.js';
import type { Overrides } from './schema.js';
import type { Context } from './value.js';

const MAX_BYTES = 1_048_576;

/** What to do about the errors that people meet; others show the system's own words. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: 'no such file; check the path',
  EACCES: 'permission denied; make it readable for the user that runs reapd',
  EISDIR: 'is a directory; name the file in it',
};

const advice = (error: NodeJS.ErrnoException): string => ADVICE[error.code ?? ''] ?? error.message;

const refuseFile = (path: string, problem: string): never => {
  throw new UserError(`config ${path}: ${problem}`, EXIT.usage);
};

/** Reads to the end or just past the limit: what is read may be a pipe, and have no size. */
function readBytes(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    let length = 0;
    for (let got = -1; got !== 0 && length < buffer.length; length += got) {
      got = readSync(file, buffer, length, buffer.length - length, null);
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readBytes(path);
  } catch (error) {
    return refuseFile(path, advice(error as NodeJS.ErrnoException));
  }
  if (bytes.length > MAX_BYTES) {
    return refuseFile(path, `larger than ${MAX_BYTES} bytes; is it the right file?`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuseFile(path, 'not UTF-8 text; is it the right file?');
  }
}

/**
 * The settings that hold: flags over the file (if one is named) over the defaults.
 * @throws UserError (exit code 2) with one line that names the file and the key.
 */
export function loadSettings(flags: Overrides, path: string | undefined, context: Context): Settings {
  const unwrap = <T>(parsed: Parsed<T>): T => {
    if ('ok' in parsed) {
      return parsed.ok;
    }
    throw new UserError(path === undefined ? parsed.error : `config ${path}: ${parsed.error}`, EXIT.usage);
  };
  const file = path === undefined ? {} : unwrap(parseConfig(readText(path), context));
  return unwrap(merge(flags, file));
}
