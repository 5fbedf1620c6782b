import { expect } from 'vitest';
import { awaitControlKill, kernelTest } from '../support/kernel-test.ts';
import { describeKernel } from '../support/needs.ts';
import { isAlive } from '../support/proc.ts';
import { expectTimely } from '../support/timing.ts';

describeKernel('the ladder', () => {
  kernelTest.for(['ignore', 'block', 'exec'])('kills 2 s after a TERM in vain: %s', async (mode, { stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start('ignores-term', mode);
    const term = await daemon.sent(leaker.pid, 'SIGTERM');
    expectTimely(term, leaker.ready.leakedMs);
    const kill = await daemon.sent(leaker.pid, 'SIGKILL');
    expect(kill).toMatchObject({ rung: 2, incident: term.incident });
    const graceMs = Date.parse(kill.time) - Date.parse(term.time);
    expect(graceMs).toBeGreaterThanOrEqual(1_990); // the times in the log are cut to milliseconds
    expect(graceMs).toBeLessThan(2_300);
    expect((await leaker.exited()).signal).toBe(9);
    expect(await daemon.resolved(leaker.pid)).toMatchObject({ how: 'parent-exited' });
    expect(daemon.sentSignals()).toEqual([`SIGTERM ${leaker.pid}`, `SIGKILL ${leaker.pid}`]);
  });

  kernelTest('kills a stopped parent', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start('stopped-parent');
    await daemon.sent(leaker.pid, 'SIGKILL');
    expect((await leaker.exited()).signal).toBe(9);
    expect(await daemon.resolved(leaker.pid)).toMatchObject({ how: 'parent-exited' });
  });

  kernelTest('leaves a parent alone that starts to reap when told to end', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start('repents-on-term', 'waits');
    await daemon.sent(leaker.pid, 'SIGTERM');
    await leaker.said('repented');
    expect(await daemon.resolved(leaker.pid)).toMatchObject({ how: 'parent-reaped' });
    const control = await awaitControlKill(daemon, stage);
    expect(daemon.sentSignals()).toEqual([`SIGTERM ${leaker.pid}`, `SIGTERM ${control.pid}`, `SIGKILL ${control.pid}`]);
    expect(isAlive(leaker.pid)).toBe(true);
  });

  kernelTest('lets a parent finish that takes a second to leave', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start('repents-on-term', 'leaves', 1_000);
    await daemon.sent(leaker.pid, 'SIGTERM');
    expect(await leaker.exited()).toMatchObject({ code: 0, signal: 0 });
    const resolved = await daemon.resolved(leaker.pid);
    expect(resolved.how).toBe('parent-exited');
    expect(resolved.afterMs).toBeGreaterThanOrEqual(1_000);
    expect(daemon.sentSignals()).toEqual([`SIGTERM ${leaker.pid}`]);
  });

  kernelTest('never signals the process that got the pid of an ended parent', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const program = await stage.start('pid-reuse');
    const pid = program.fact('leaker');
    await daemon.sent(pid, 'SIGTERM');
    const reused = await program.said('reused');
    expect(reused.facts.innocent).toBe(pid);
    await daemon.resolved(pid);
    const control = await awaitControlKill(daemon, stage); // later than a SIGKILL for the old target would be
    expect(daemon.sentSignals()).toEqual([`SIGTERM ${pid}`, `SIGTERM ${control.pid}`, `SIGKILL ${control.pid}`]);
    expect(isAlive(pid)).toBe(true);
  });

  kernelTest('is as the configuration has it', async ({ stage, reapd, configFile }) => {
    const config = configFile('ladder: [{signal: SIGINT, wait: 300ms}, {signal: SIGKILL, wait: 1s}]\n');
    const daemon = await reapd({ args: ['--config', config] });
    const leaker = await stage.start('repents-on-term', 'leaves', 10_000);
    const first = await daemon.sent(leaker.pid, 'SIGINT');
    expectTimely(first, leaker.ready.leakedMs);
    expect((await leaker.exited()).signal).toBe(2);
    await daemon.resolved(leaker.pid);
    expect(daemon.sentSignals()).toEqual([`SIGINT ${leaker.pid}`]);
  });
});
