// Dropped without close(): a loaded object is freed with its garbage, a started one works on until it is closed.
import { bpfObjectsOf } from '../../support/bpf-objects.ts';
import { addon, collect, EVERY_EXIT, exitOnce, say } from './kit.ts';

const held = () => Object.values(bpfObjectsOf(process.pid)).flat().length;

(() => {
  new addon.KernelEvents(EVERY_EXIT, () => undefined);
})();
await collect();
say({ afterLoaded: held() });

const closed = new Promise<void>((resolve) => {
  const kernel = new addon.KernelEvents(EVERY_EXIT, () => {
    kernel.close();
    resolve();
  });
  kernel.start();
});
say(bpfObjectsOf(process.pid));
await collect();
exitOnce();
await closed;
await collect();
say({ afterClosed: held() });
