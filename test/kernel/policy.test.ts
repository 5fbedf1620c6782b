import { expect } from 'vitest';
import { awaitControl, kernelTest } from '../support/kernel-test.ts';
import { describeKernel } from '../support/needs.ts';
import { programPath } from '../support/paths.ts';
import { isAlive } from '../support/proc.ts';
import { expectTimely } from '../support/timing.ts';

describeKernel('policy', () => {
  kernelTest('a dry run walks the whole ladder and signals nobody', async ({ stage, reapd }) => {
    const daemon = await reapd({ args: ['--dry-run'] });
    const leaker = await stage.start('never-waits', 2);
    await daemon.spared(leaker.pid, 'dry-run');
    const signals = daemon.linesAbout(leaker.pid).filter((line) => line.event === 'signal');
    expect(signals.map((line) => [line.signal, line.rung, line.outcome])).toEqual([
      ['SIGTERM', 1, 'dry-run'],
      ['SIGKILL', 2, 'dry-run'],
    ]);
    expectTimely(signals[0] as NonNullable<(typeof signals)[0]>, leaker.ready.leakedMs);
    expect(daemon.sentSignals()).toEqual([]);
    expect(isAlive(leaker.pid)).toBe(true);
  });

  kernelTest('the budget bounds how many are signalled in a minute, oldest first', async ({ stage, reapd }) => {
    const daemon = await reapd({ args: ['--budget', '2/m'] });
    const leakers = [];
    for (let i = 0; i < 4; i++) leakers.push(await stage.start('never-waits', 1));
    const [first, second, third, fourth] = leakers.map((leaker) => leaker.pid) as [number, number, number, number];
    await daemon.spared(third, 'budget');
    await daemon.spared(fourth, 'budget');
    await Promise.all([daemon.resolved(first), daemon.resolved(second)]);
    expect(daemon.sentSignals().sort()).toEqual([`SIGTERM ${first}`, `SIGTERM ${second}`].sort());
    expect(isAlive(third) && isAlive(fourth)).toBe(true);
  });

  kernelTest('fewer zombies than asked for are left alone', async ({ stage, reapd }) => {
    const daemon = await reapd({ args: ['--min-zombies', '3'] });
    const few = await stage.start('never-waits', 2);
    const enough = await stage.start('never-waits', 3);
    await daemon.sent(enough.pid, 'SIGTERM');
    expect(daemon.sentSignals()).toEqual([`SIGTERM ${enough.pid}`]);
    expect(isAlive(few.pid)).toBe(true);
  });

  kernelTest(
    'a container that comes back with the same leak is backed off from',
    async ({ stage, reapd, container }) => {
      const daemon = await reapd();
      const leak = () => stage.start(...container.run(programPath('never-waits'), 1));
      for (let round = 0; round < 3; round++) {
        const leaker = await leak();
        const signal = await daemon.sent(leaker.pid, 'SIGTERM');
        expect(signal.container?.id).toBe(container.id);
        await leaker.exited();
        await daemon.resolved(leaker.pid);
      }
      const fourth = await leak();
      await daemon.spared(fourth.pid, 'breaker');
      await awaitControl(daemon, stage); // outside the container: not held back
      expect(daemon.linesAbout(fourth.pid).filter((line) => line.event === 'signal')).toEqual([]);
      expect(isAlive(fourth.pid)).toBe(true);
    },
  );

  kernelTest('a cgroup as scope', async ({ stage, reapd, container }) => {
    const daemon = await reapd({ scope: `cgroup:${container.path}` });
    const outside = await stage.start('never-waits', 1);
    const inside = await stage.start(...container.run(programPath('never-waits'), 1));
    await daemon.sent(inside.pid, 'SIGTERM');
    await daemon.resolved(inside.pid);
    expect(daemon.sentSignals()).toEqual([`SIGTERM ${inside.pid}`]);
    expect(isAlive(outside.pid)).toBe(true);
  });

  kernelTest('more parents than it has descriptors for', async ({ stage, reapd }) => {
    const daemon = await reapd({
      args: ['--budget', '1000/s'],
      via: ['sh', '-c', 'ulimit -n 100 && exec "$0" "$@"'],
    });
    const parents = await Promise.all(Array.from({ length: 60 }, () => stage.start('never-waits', 1)));
    for (const parent of parents) expect((await parent.exited()).signal).toBe(15);
    expect((await daemon.event('degraded', () => true)).reason).toMatch(/LimitNOFILE/);
  });

  kernelTest('ancestors of the daemon are never acted on', async ({ reapd }) => {
    const daemon = await reapd({
      scope: 'tree:@PID@',
      via: [programPath('ancestor-leaks'), programPath('never-waits')],
    });
    const spared = await daemon.event('spared', (line) => line.parent?.comm === 'ancestor-leaks');
    expect(spared.reason).toBe('protected');
    const control = await daemon.event('signal', (line) => line.parent?.comm === 'never-waits');
    expect(daemon.sentSignals()).toEqual([`SIGTERM ${control.parent?.pid}`]);
    expect(isAlive(spared.parent?.pid ?? 0)).toBe(true);
  });
});
