import { expect } from 'vitest';
import { awaitControl, kernelTest } from '../support/kernel-test.ts';
import { describeKernel } from '../support/needs.ts';
import { isAlive } from '../support/proc.ts';
import { expectTimely } from '../support/timing.ts';

describeKernel('a subreaper that does not wait', () => {
  kernelTest('answers for orphans that end below it', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const subreaper = await stage.start('subreaper', 'orphans');
    const signal = await daemon.sent(subreaper.pid, 'SIGTERM');
    expectTimely(signal, subreaper.ready.leakedMs);
    expect(signal.zombies?.count).toBe(2);
    expect((await subreaper.exited()).signal).toBe(15);
  });

  kernelTest('has the whole threshold for zombies that it inherits old', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const heldMs = 700;
    const subreaper = await stage.start('subreaper', 'zombies', heldMs);
    const signal = await daemon.sent(subreaper.pid, 'SIGTERM');
    // The age is that of the zombies; the patience began when they arrived.
    expect(signal.zombies?.oldestMs).toBeGreaterThanOrEqual(heldMs + 1_000);
    expect(signal.zombies?.oldestMs).toBeLessThanOrEqual(heldMs + 1_400);
    expect(daemon.sentSignals()).toEqual([`SIGTERM ${subreaper.pid}`]);
  });

  kernelTest('is next after the parent that was ended for them', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const subreaper = await stage.start('subreaper', 'kept');
    const child = subreaper.fact('child');
    const first = await daemon.sent(child, 'SIGTERM');
    const inherited = await subreaper.said('inherited');
    const second = await daemon.sent(subreaper.pid, 'SIGTERM');
    expect(Date.parse(second.time) - inherited.atMs).toBeGreaterThanOrEqual(900);
    expect(second.incident).not.toBe(first.incident);
    expect((await subreaper.exited()).signal).toBe(15);
    expect(daemon.sentSignals()).toEqual([`SIGTERM ${child}`, `SIGTERM ${subreaper.pid}`]);
  });
});

describeKernel('the init of a pid namespace', () => {
  kernelTest('without a handler is killed, and nobody claims that TERM worked', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const program = await stage.start('pidns-init', 'none', 2);
    const init = program.fact('init');
    const kill = await daemon.sent(init, 'SIGKILL');
    expect(kill.parent?.nsPid).toBe(1);
    expect((await program.said('init-ended')).facts).toMatchObject({ signal: 9 });
    await daemon.resolved(init);
    const term = daemon.linesAbout(init).find((line) => line.signal === 'SIGTERM');
    expect(term).toMatchObject({ outcome: 'skipped', reason: expect.stringMatching(/./) });
    expect(daemon.sentSignals()).toEqual([`SIGKILL ${init}`]);
    expect(isAlive(program.pid)).toBe(true);
  });

  kernelTest('with a handler ends on TERM', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const program = await stage.start('pidns-init', 'handler', 2);
    const init = program.fact('init');
    expectTimely(await daemon.sent(init, 'SIGTERM'), program.ready.leakedMs);
    expect((await program.said('init-ended')).facts).toMatchObject({ code: 0 });
    await daemon.resolved(init);
    expect(daemon.sentSignals()).toEqual([`SIGTERM ${init}`]);
  });
});

describeKernel('a daemon inside a pid namespace', () => {
  kernelTest('acts on what lives there, by the pids of there', async ({ nestedStage, stage, reapd }) => {
    const outside = await stage.start('never-waits', 2);
    const daemon = await reapd({
      scope: `tree:${nestedStage.pid}`,
      via: ['nsenter', `--target=${nestedStage.outerPid}`, '--pid', '--mount', '--'],
    });
    const leaker = await nestedStage.start('never-waits', 2);
    const signal = await daemon.sent(leaker.pid, 'SIGTERM');
    expectTimely(signal, leaker.ready.leakedMs);
    expect(signal.parent?.nsPid).toBe(leaker.pid);
    expect(signal.zombies?.sample.map((zombie) => zombie.pid).sort()).toEqual(
      (leaker.ready.facts.zombies as number[]).sort(),
    );
    expect((await leaker.exited()).signal).toBe(15);
    await awaitControl(daemon, nestedStage);
    expect(daemon.lines.filter((line) => line.parent !== undefined && line.parent.pid > 1_000)).toEqual([]);
    expect(isAlive(outside.pid)).toBe(true);
  });

  kernelTest('knows the zombies that were there before it', async ({ nestedStage, reapd }) => {
    const leaker = await nestedStage.start('never-waits', 2);
    const daemon = await reapd({
      scope: `tree:${nestedStage.pid}`,
      via: ['nsenter', `--target=${nestedStage.outerPid}`, '--pid', '--mount', '--'],
    });
    const signal = await daemon.sent(leaker.pid, 'SIGTERM');
    expect(signal.zombies?.sample.map((zombie) => zombie.pid).sort()).toEqual(
      (leaker.ready.facts.zombies as number[]).sort(),
    );
    expect((await leaker.exited()).signal).toBe(15);
  });
});
