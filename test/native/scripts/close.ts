// An orderly life: loaded twice, used, closed, closed again. Then nothing keeps the event loop alive.
import { createRequire } from 'node:module';
import type { Addon } from '../../../src/native/addon.ts';
import { addonPath } from '../../support/addon.ts';
import { bpfObjectsOf } from '../../support/bpf-objects.ts';
import { addon, EVERY_EXIT, exitOnce, say, start } from './kit.ts';

const require = createRequire(import.meta.url);
delete require.cache[addonPath];
const again = require(addonPath) as Addon;
say({ anew: again !== addon });

let told = 0;
const settle = () => {
  if (++told !== 2) return;
  for (const kernel of [first, second]) {
    kernel.close();
    kernel.close();
    kernel.setSettle(1e9, 1e6);
    say({ stats: Object.keys(kernel.stats()).length });
    for (const use of [() => kernel.start(), () => kernel.snapshot()]) {
      try {
        use();
      } catch (error) {
        say({ error: (error as Error).message });
      }
    }
  }
  say({ left: Object.values(bpfObjectsOf(process.pid)).flat().length });
};
const once = (then: () => void) => {
  let done = false;
  return () => {
    if (!done) then();
    done = true;
  };
};
const first = start(once(settle));
const second = new again.KernelEvents(EVERY_EXIT, once(settle));
second.start();
exitOnce();
