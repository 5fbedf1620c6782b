import { expect } from 'vitest';
import { kernelTest } from '../support/kernel-test.ts';
import { describeKernel } from '../support/needs.ts';
import { expectTimely, expectTrueAge } from '../support/timing.ts';

describeKernel('a parent that does not reap', () => {
  kernelTest('is told to end once its zombies are over the threshold', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start('never-waits', 3);

    const signal = await daemon.sent(leaker.pid, 'SIGTERM');
    expectTimely(signal, leaker.ready.leakedMs);
    expectTrueAge(signal, leaker.ready);
    expect(signal).toMatchObject({ rung: 1, dryRun: false });
    expect(signal.parent).toMatchObject({ pid: leaker.pid, comm: 'never-waits', uid: 0, nsPid: leaker.pid });
    expect(signal.parent?.exe).toMatch(/\/never-waits$/);
    expect(signal.parent?.cmdline.slice(1)).toEqual(['3']);
    expect(signal.zombies?.count).toBe(3);
    expect(signal.zombies?.sample.map((zombie) => zombie.pid).sort()).toEqual(leaker.ready.facts.zombies);
    expect(signal.zombies?.sample[0]).toMatchObject({ comm: 'never-waits', exitCode: 7, signal: null });

    const end = await leaker.exited();
    expect(end.signal).toBe(15);
    expect(end.atMs - leaker.ready.leakedMs).toBeGreaterThanOrEqual(1_000);
    expect(await daemon.resolved(leaker.pid)).toMatchObject({ how: 'parent-exited', incident: signal.incident });
    expect(daemon.sentSignals()).toEqual([`SIGTERM ${leaker.pid}`]);
  });

  kernelTest('is not saved by leaking on: the oldest zombie counts', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start('steady-leak');
    const signal = await daemon.sent(leaker.pid, 'SIGTERM');
    expectTimely(signal, leaker.ready.leakedMs);
    expect(signal.zombies?.count).toBeGreaterThan(5);
  });

  kernelTest('may belong to another user', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start('never-waits', 1, 'tenant', 65534);
    expect((await daemon.sent(leaker.pid, 'SIGTERM')).parent).toMatchObject({ uid: 65534, comm: 'tenant' });
    expect((await leaker.exited()).signal).toBe(15);
  });

  kernelTest('is told with how its child ended: by a signal', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start('leaks-killed');
    const signal = await daemon.sent(leaker.pid, 'SIGTERM');
    expect(signal.zombies?.sample[0]).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  });

  kernelTest.for(['vfork', 'parent', 'silent'])('made its child by an odd clone: %s', async (how, { stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start('odd-clones', how);
    expectTimely(await daemon.sent(leaker.pid, 'SIGTERM'), leaker.ready.leakedMs);
    expect((await leaker.exited()).signal).toBe(15);
  });

  kernelTest.for(['lives', 'exits', 'dead-leader'])('forked from a thread: %s', async (mode, { stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start('thread-forks', mode);
    expect((await daemon.sent(leaker.pid, 'SIGTERM')).zombies?.count).toBe(2);
    expect((await leaker.exited()).signal).toBe(15);
  });

  kernelTest('is a daemon of the double-fork kind, in its own session', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const starter = await stage.start('double-fork', 'leaks');
    const leaker = starter.fact('daemon');
    expectTimely(await daemon.sent(leaker, 'SIGTERM'), starter.ready.leakedMs);
    await daemon.resolved(leaker);
    expect(daemon.sentSignals()).toEqual([`SIGTERM ${leaker}`]);
  });

  kernelTest('has a child whose leader ended long before its last thread', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start('leader-exits-first', 2_500);
    const died = await leaker.said('died');
    const signal = await daemon.sent(leaker.pid, 'SIGTERM');
    expectTimely(signal, died.leakedMs);
    expectTrueAge(signal, died);
  });
});
