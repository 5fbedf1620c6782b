import type { LossCause } from './event.js';
import type { Settings } from './settings.js';
import type { Zombie } from './zombie.js';

/** What the agent tells of itself, besides its incidents. */
export type AgentEvent =
  | {
      readonly type: 'started';
      readonly version: string;
      readonly source: string;
      readonly kernel: string;
      readonly settings: Settings;
      /** Zombies that were there already. */
      readonly zombies: number;
      /** From process start to attached, ms. */
      readonly armedAfterMs: number;
    }
  | { readonly type: 'lost'; readonly cause: LossCause; readonly count: number }
  | { readonly type: 'degraded'; readonly reason: string }
  | { readonly type: 'reloaded'; readonly changed: readonly string[]; readonly needRestart: readonly string[] }
  | { readonly type: 'reload-refused'; readonly reason: string }
  | { readonly type: 'stopped'; readonly reason: string; readonly openIncidents: number }
  | { readonly type: 'zombie'; readonly zombie: Zombie }
  | { readonly type: 'reaped'; readonly id: number };
