import { createRequire } from 'node:module';
import { EXIT, UserError } from '../errors.js';
import type { Addon } from './addon.js';

/** Where a checkout or an installation keeps the addon, relative to `dist/native/`. */
const PLACES = ['../../native/build/Release/reapd.node'];

/**
 * Loads the native addon; it is native code for this machine, built by `make build`.
 * Throws UserError (exit code 3) that tells where it looked and what failed.
 */
export function loadAddon(): Addon {
  const require = createRequire(import.meta.url);
  const tried: string[] = [];
  for (const place of PLACES) {
    try {
      return require(place) as Addon;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const what = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      tried.push(code === 'MODULE_NOT_FOUND' ? `${place}: not there` : `${place}: ${what}`);
    }
  }
  throw new UserError(`cannot load the native addon (${tried.join('; ')}): build it with "make build"`, EXIT.cannotRun);
}
