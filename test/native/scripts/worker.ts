// One of the threads of workers.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { addon, EVERY_EXIT, start, startTicksOf } from './kit.ts';

const tell = (word: string) => parentPort?.postMessage(word);
new addon.ProcessRef(process.pid, startTicksOf('self'), () => undefined);

if (workerData === 'never-starts') {
  new addon.KernelEvents(EVERY_EXIT, () => undefined);
  tell('loaded');
  setInterval(() => undefined, 1_000);
} else {
  let calls = 0;
  const kernel = start(() => {
    if (++calls > 1 && workerData !== 'goes-on') return;
    switch (workerData) {
      case 'closes':
        kernel.close();
        tell('closed');
        break;
      case 'spins':
        tell('spinning');
        for (;;);
      case 'throws':
        throw new Error('thrown in a worker');
      case 'exits':
        process.exit();
        break;
      default:
        tell('told');
    }
  });
}
