// What the kernel refuses. The argument says what is wrong with it.
import { closeSync, openSync } from 'node:fs';
import type { AddonError } from '../../../src/native/addon.ts';
import { bpfObjectsOf } from '../../support/bpf-objects.ts';
import { addon, EVERY_EXIT, say } from './kit.ts';

function fails(action: () => void): void {
  try {
    action();
    say({ refused: false });
  } catch (error) {
    const { code, step, message, log } = error as AddonError;
    say({ refused: true, code, step, message, log });
  }
}

function useUpDescriptors(): number[] {
  const files: number[] = [];
  try {
    for (;;) files.push(openSync('/dev/null', 'r'));
  } catch {
    return files;
  }
}

const held = () => Object.values(bpfObjectsOf(process.pid)).flat().length;
const load = (options: object = {}) => new addon.KernelEvents({ ...EVERY_EXIT, ...options }, () => undefined);

switch (process.env.WRONG) {
  case 'map':
    fails(() => load({ maxZombies: 0 }));
    break;
  case 'attach': {
    const kernel = load();
    const files = useUpDescriptors();
    fails(() => kernel.start());
    for (const file of files.splice(-1)) closeSync(file); // enough for one of the programs
    fails(() => kernel.start());
    kernel.close();
    for (const file of files) closeSync(file);
    break;
  }
  default:
    fails(() => load());
}
say({ left: held() });
// A load after a failure works as ever, where it is allowed.
if (process.env.WRONG === 'map') load().close();
