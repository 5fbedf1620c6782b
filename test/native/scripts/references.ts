// Process references through their whole life, and the number of descriptors afterwards.
import { readdirSync } from 'node:fs';
import { addon, collect, rest, say, startTicksOf } from './kit.ts';

const descriptors = () => readdirSync('/proc/self/fd').length;
await rest(0).exited; // whatever the first child of a Node.js opens for good
const before = descriptors();

for (let round = 0; round < 20; round++) {
  // Closed before the exit, twice.
  const early = rest();
  const closed = new addon.ProcessRef(early.pid, startTicksOf(early.pid), () => say({ wrong: 'told after close()' }));
  closed.close();
  closed.close();
  if (closed.signal(0) !== 'ESRCH') say({ wrong: 'signalled after close()' });
  early.child.kill('SIGKILL');
  await early.exited;

  // Closed by its own callback.
  const own = rest();
  const told = new Promise<void>((resolve) => {
    const ref = new addon.ProcessRef(own.pid, startTicksOf(own.pid), () => {
      ref.close();
      ref.close();
      resolve();
    });
    if (ref.signal(9) !== undefined) say({ wrong: 'not signalled' });
  });
  await Promise.all([told, own.exited]);

  // Dropped: still told of the exit, and freed then.
  const dropped = rest();
  const still = new Promise<void>((resolve) => {
    new addon.ProcessRef(dropped.pid, startTicksOf(dropped.pid), resolve);
  });
  await collect();
  dropped.child.kill('SIGKILL');
  await Promise.all([still, dropped.exited]);

  // The callback throws.
  const thrower = rest();
  const caught = new Promise((resolve) => process.once('uncaughtException', resolve));
  new addon.ProcessRef(thrower.pid, startTicksOf(thrower.pid), () => {
    throw new Error('thrown by the exit callback');
  });
  thrower.child.kill('SIGKILL');
  await Promise.all([caught, thrower.exited]);

  // Another one by now, or none.
  for (const [pid, ticks] of [
    [process.pid, startTicksOf('self') + 1],
    [0x3fffff, 1],
  ] as const) {
    try {
      new addon.ProcessRef(pid, ticks, () => undefined);
      say({ wrong: 'opened' });
    } catch (error) {
      if ((error as { code?: string }).code !== 'ESRCH') say({ wrong: String(error) });
    }
  }
}
await collect();
say({ before, after: descriptors() });
new addon.ProcessRef(process.ppid, startTicksOf(process.ppid), () => undefined); // keeps nobody alive
