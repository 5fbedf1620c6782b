import { formatDuration } from '../domain/duration.js';
import type { Settings } from '../domain/settings.js';
import { DEFAULTS } from './defaults.js';
import { explain, type Parsed } from './parse.js';
import type { Overrides } from './schema.js';
import { refuse } from './value.js';

/**
 * Flags win over the file, the file over the defaults; of a breaker, key by key. Refuses values that are fine alone but
 * contradict each other. A settle time over half the threshold is cut to that: zombies are not seen before it is over, and the record
 * must be there well before the verdict.
 */
export function merge(flags: Overrides, file: Overrides): Parsed<Settings> {
  const given = { ...DEFAULTS, ...file, ...flags };
  const settings: Settings = {
    ...given,
    settleMs: Math.min(given.settleMs, Math.floor(given.thresholdMs / 2)),
    breaker: { ...DEFAULTS.breaker, ...file.breaker, ...flags.breaker },
  };
  return contradiction(settings) ?? { ok: settings };
}

function contradiction({ breaker }: Settings): { readonly error: string } | undefined {
  if (breaker.pauseMs > breaker.maxPauseMs) {
    const [pause, most] = [formatDuration(breaker.pauseMs), formatDuration(breaker.maxPauseMs)];
    return explain(
      refuse(`${most} is shorter than the pause (${pause}); use at least ${pause}`, ['breaker', 'max-pause']),
    );
  }
  return undefined;
}
