import { ReplaySubject } from 'rxjs';
import { type ProcessKey, startTicks } from '../domain/process.js';
import { type Addon, isAddonError, type ProcessRef } from '../native/addon.js';
import type { HeldProcess } from '../pipeline/desk.js';

/**
 * Holds a process by its pidfd; the only code that signals one. Undefined if it is gone or another one by now. Where no descriptor is to be
 * had (EMFILE), `onShortage` is told and the descriptor is opened anew for each signal, start time verified as ever.
 */
export function holdProcess(addon: Addon, key: ProcessKey, onShortage: (code: string) => void): HeldProcess | undefined {
  const exit$ = new ReplaySubject<void>(1);
  const open = (onExit: () => void): ProcessRef => new addon.ProcessRef(key.pid, startTicks(key.startUs), onExit);

  let ref: ProcessRef | undefined;
  try {
    ref = open(() => {
      exit$.next();
      exit$.complete();
    });
  } catch (error) {
    if (!isAddonError(error)) {
      throw error;
    }
    if (error.code === 'ESRCH') {
      return undefined;
    }
    onShortage(error.code);
  }
  return {
    exit$,
    signal: (number) => {
      if (ref !== undefined) {
        return ref.signal(number);
      }
      try {
        const once = open(() => undefined);
        const failure = once.signal(number);
        once.close();
        return failure;
      } catch (error) {
        if (isAddonError(error)) {
          return error.code;
        }
        throw error;
      }
    },
    close: () => ref?.close(),
  };
}
