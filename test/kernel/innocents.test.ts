import { expect } from 'vitest';
import { awaitControl, awaitControlKill, kernelTest } from '../support/kernel-test.ts';
import { describeKernel } from '../support/needs.ts';
import { isAlive, stateOf } from '../support/proc.ts';

// Each test ends with a control: an offender made later, in the same tree, that must be signalled.
describeKernel(
  'nobody is touched when',
  () => {
    kernelTest('the parent reaps late, but within the threshold', async ({ stage, reapd }) => {
      const daemon = await reapd();
      const parent = await stage.start('reaps-late', 600, 5);
      await parent.said('reaped');
      const control = await awaitControl(daemon, stage);
      expect(daemon.sentSignals()).toEqual([`SIGTERM ${control.pid}`]);
      expect(daemon.linesAbout(parent.pid)).toEqual([]);
    });

    kernelTest('there is always a zombie, but never an old one', async ({ stage, reapd }) => {
      const daemon = await reapd();
      const parent = await stage.start('rolling-zombies');
      await parent.said('rolled');
      const control = await awaitControl(daemon, stage);
      expect(daemon.sentSignals()).toEqual([`SIGTERM ${control.pid}`]);
      expect(isAlive(parent.pid)).toBe(true);
    });

    kernelTest.for(['ignore', 'nocldwait'])('the kernel reaps: %s', async (mode, { stage, reapd }) => {
      const daemon = await reapd();
      const parent = await stage.start('sigchld-ignored', mode);
      const control = await awaitControl(daemon, stage);
      expect(daemon.sentSignals()).toEqual([`SIGTERM ${control.pid}`]);
      expect(daemon.linesAbout(parent.pid)).toEqual([]);
    });

    kernelTest('only the leader thread of a child has ended', async ({ stage, reapd }) => {
      const daemon = await reapd();
      const parent = await stage.start('leader-exits-first');
      const control = await awaitControlKill(daemon, stage);
      expect(daemon.sentSignals()).toEqual([`SIGTERM ${control.pid}`, `SIGKILL ${control.pid}`]);
      expect(daemon.linesAbout(parent.pid)).toEqual([]);
      expect(isAlive(parent.pid)).toBe(true);
      expect(stateOf(parent.fact('child'))).toBe('Z'); // as /proc shows a dead leader; the other thread lives
    });

    kernelTest('a tracer holds the zombie', async ({ stage, reapd }) => {
      const daemon = await reapd();
      const program = await stage.start('traced-zombie');
      const parent = program.fact('parent');
      const tracer = program.fact('tracer');
      await daemon.spared(parent, 'tracer');
      const control = await awaitControlKill(daemon, stage);
      expect(daemon.sentSignals()).toEqual([`SIGTERM ${control.pid}`, `SIGKILL ${control.pid}`]);
      expect(isAlive(parent)).toBe(true);
      expect(isAlive(tracer)).toBe(true);

      process.kill(program.pid, 'SIGUSR1'); // the tracer ends: now the parent can reap, and does
      await program.said('reaped');
      expect(isAlive(parent)).toBe(true);
    });

    kernelTest('a thread other than the leader executes a program, and is reaped', async ({ stage, reapd }) => {
      const daemon = await reapd();
      const parent = await stage.start('exec-from-thread', 'reaped', 100);
      const control = await awaitControl(daemon, stage);
      expect(daemon.sentSignals()).toEqual([`SIGTERM ${control.pid}`]);
      expect(daemon.linesAbout(parent.pid)).toEqual([]);
    });

    kernelTest('a thread other than the leader executes a program that lives on', async ({ stage, reapd }) => {
      const daemon = await reapd();
      const parent = await stage.start('exec-from-thread', 'lives');
      const control = await awaitControl(daemon, stage);
      expect(daemon.sentSignals()).toEqual([`SIGTERM ${control.pid}`]);
      expect(daemon.linesAbout(parent.pid)).toEqual([]);
      expect(isAlive(parent.fact('child'))).toBe(true);
    });

    kernelTest('daemons start by double fork', async ({ stage, reapd }) => {
      const daemon = await reapd();
      await stage.start('double-fork', 'healthy', 200);
      const control = await awaitControl(daemon, stage);
      expect(daemon.sentSignals()).toEqual([`SIGTERM ${control.pid}`]);
    });

    kernelTest('somebody else ends the parent before the threshold', async ({ stage, reapd }) => {
      const daemon = await reapd();
      const parent = await stage.start('never-waits', 3);
      process.kill(parent.pid, 'SIGKILL');
      expect((await parent.exited()).signal).toBe(9);
      const control = await awaitControl(daemon, stage);
      expect(daemon.sentSignals()).toEqual([`SIGTERM ${control.pid}`]);
    });

    kernelTest('the offender is outside the scope', async ({ stage, reapd }) => {
      const bystander = await stage.start('never-waits', 2);
      const target = await stage.start('never-waits', 2);
      const daemon = await reapd({ scope: `tree:${target.pid}` });
      await daemon.sent(target.pid, 'SIGTERM');
      await daemon.resolved(target.pid);
      expect(daemon.sentSignals()).toEqual([`SIGTERM ${target.pid}`]);
      expect(isAlive(bystander.pid)).toBe(true);
    });
  },
  { concurrent: true },
);
