import { escapeControls } from '../domain/text.js';
import { readKeys } from './mapping.js';
import { KEYS, type Overrides } from './schema.js';
import { type Context, formatRefusal, type Refusal } from './value.js';
import { readYaml } from './yaml.js';

/** What came of reading: a value, or one harmless line that says where, what and what to do. */
export type Parsed<T> = { readonly ok: T } | { readonly error: string };

/** A refusal as one line for people: no line breaks, no control characters. */
export const explain = (refusal: Refusal): { readonly error: string } => ({
  error: escapeControls(formatRefusal(refusal)),
});

/** Reads a configuration file's text. Only the keys that it names are in the result. Never throws. */
export function parseConfig(text: string, context: Context): Parsed<Overrides> {
  const yaml = readYaml(text);
  if (!('ok' in yaml)) {
    return explain(yaml);
  }
  const read = readKeys(KEYS, yaml.ok, context);
  return 'ok' in read ? read : explain(read);
}
