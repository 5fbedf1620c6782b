import { ReplaySubject } from 'rxjs';
import { type ProcessKey, startTicks } from '../domain/process.js';
import { type Addon, isAddonError, type ProcessRef } from '../native/addon.js';
import type { HeldProcess } from '../pipeline/desk.js';

/**
 * Holds processes by their pidfds, at most `mostHeld` at once, so that descriptors are left to look at /proc with. The only code that
 * signals a process. What it gives is undefined for a process that is gone or another one by now. Where no descriptor is to be had,
 * `onShortage` is told, and the descriptor is opened anew for each signal, start time verified as ever.
 */
export function processHolder(
  addon: Addon,
  mostHeld: number,
  onShortage: (why: string) => void,
): (key: ProcessKey) => HeldProcess | undefined {
  let held = 0;

  return (key) => {
    const exit$ = new ReplaySubject<void>(1);
    const open = (onExit: () => void): ProcessRef => new addon.ProcessRef(key.pid, startTicks(key.startUs), onExit);
    let ref: ProcessRef | undefined;

    if (held >= mostHeld) {
      onShortage(`${held} are held`);
    } else {
      try {
        ref = open(() => {
          exit$.next();
          exit$.complete();
        });
        held++;
      } catch (error) {
        if (!isAddonError(error)) {
          throw error;
        }
        if (error.code === 'ESRCH') {
          return undefined;
        }
        onShortage(error.code);
      }
    }
    return {
      exit$,
      watched: ref !== undefined,
      signal: (number) => (ref === undefined ? signalOnce(open, number) : ref.signal(number)),
      close: () => {
        if (ref !== undefined) {
          ref.close();
          held--;
        }
      },
    };
  };
}

/** Opens, verifies, signals and closes. The errno's name if the signal was not sent. */
function signalOnce(open: (onExit: () => void) => ProcessRef, number: number): string | undefined {
  try {
    const ref = open(() => undefined);
    const failure = ref.signal(number);
    ref.close();
    return failure;
  } catch (error) {
    if (isAddonError(error)) {
      return error.code;
    }
    throw error;
  }
}
