import type { Settings } from '../domain/settings.js';
import { KEYS } from './schema.js';

/** Names of keys, as the file spells them. */
export interface Changes {
  readonly changed: readonly string[];
  /** Those among `changed` that take effect only when the daemon is started again. */
  readonly needRestart: readonly string[];
}

/** What a reload changes. */
export function diff(before: Settings, after: Settings): Changes {
  const changed = KEYS.filter((key) => key.show(before) !== key.show(after));
  return {
    changed: changed.map((key) => key.name),
    needRestart: changed.filter((key) => key.needsRestart).map((key) => key.name),
  };
}
