// What the kernel refuses. The argument says what is wrong with it.
import { bpfObjectsOf } from '../../support/bpf-objects.ts';
import { addon, EVERY_EXIT, say } from './kit.ts';

function fails(action: () => void): void {
  try {
    action();
    say({ refused: false });
  } catch (error) {
    const { code, step, message, log } = error as { code?: string; step?: string; message: string; log?: string };
    say({ refused: true, code, step, message, log, left: Object.values(bpfObjectsOf(process.pid)).flat().length });
  }
}

const load = (options: object = {}) => new addon.KernelEvents({ ...EVERY_EXIT, ...options }, () => undefined);

switch (process.env['WRONG']) {
  case 'ring':
    fails(() => load({ ringBytes: 5_000 }));
    break;
  case 'attach': {
    const kernel = load();
    process.setgid?.(65_534);
    process.setuid?.(65_534);
    fails(() => kernel.start());
    fails(() => kernel.start());
    kernel.close();
    say({ afterClose: Object.values(bpfObjectsOf(process.pid)).flat().length });
    break;
  }
  default:
    fails(() => load());
}
// A load after a failure works as ever, where it is allowed.
if (process.env['WRONG'] === 'ring') load().close();
