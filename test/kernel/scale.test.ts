import { expect } from 'vitest';
import { kernelTest } from '../support/kernel-test.ts';
import { describeKernel } from '../support/needs.ts';

describeKernel('in numbers', () => {
  kernelTest('20 000 zombies of one parent are one decision', async ({ stage, reapd }) => {
    const daemon = await reapd({ threshold: '10s' });
    const leaker = await stage.start('never-waits', 20_000);
    const signal = await daemon.sent(leaker.pid, 'SIGTERM', 20_000);
    expect(signal.zombies?.count).toBe(20_000);
    expect(signal.zombies?.oldestMs).toBeLessThan(10_300);
    expect((await leaker.exited()).signal).toBe(15);
    await daemon.resolved(leaker.pid);
    expect(daemon.sentSignals()).toEqual([`SIGTERM ${leaker.pid}`]);
    expect(daemon.lines.length).toBeLessThan(10);
  });

  kernelTest('20 000 zombies that were there before the daemon', async ({ stage, reapd }) => {
    const leaker = await stage.start('never-waits', 20_000);
    const daemon = await reapd();
    expect((await daemon.sent(leaker.pid, 'SIGTERM')).zombies?.count).toBe(20_000);
    expect((await leaker.exited()).signal).toBe(15);
  });

  kernelTest('50 offenders among 20 000 healthy exits are found, and nobody else', async ({ stage, reapd }) => {
    const daemon = await reapd({ args: ['--budget', '1000/m'] });
    const burst = await stage.start('burst', 20_000, 50, 10);
    const ended = await burst.said('all-ended');
    expect(ended.facts.byTerm).toBe(50);
    const parents = burst.ready.facts.parents as number[];
    for (const parent of parents) await daemon.resolved(parent);
    expect(daemon.sentSignals().sort()).toEqual(parents.map((pid) => `SIGTERM ${pid}`).sort());
    const terms = daemon.lines.filter((line) => line.event === 'signal');
    expect(terms.map((line) => line.zombies?.count)).toEqual(Array(50).fill(10));
    expect(Math.max(...terms.map((line) => line.zombies?.oldestMs ?? 0))).toBeLessThanOrEqual(1_300);
    expect(Math.min(...terms.map((line) => line.zombies?.oldestMs ?? 0))).toBeGreaterThanOrEqual(1_000);
  });
});
