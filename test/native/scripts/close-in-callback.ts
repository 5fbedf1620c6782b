// Closed, dropped and collected from within the record callback.
import type { KernelEvents } from '../../../src/native/addon.ts';
import { collect, exitOnce, say, start } from './kit.ts';

let calls = 0;
let kernel: KernelEvents | undefined = start(() => {
  calls++;
  kernel?.close();
  kernel = undefined;
  (globalThis as unknown as { gc: () => void }).gc();
  exitOnce();
  setTimeout(() => void collect().then(() => say({ calls })), 50);
});
exitOnce();
