import { readFileSync, statSync } from 'node:fs';
import { expect } from 'vitest';
import { startTicks } from '../../src/domain/process.ts';
import { parseStat } from '../../src/source/parse-stat.ts';
import { describeKernel } from '../support/needs.ts';
import { programPath } from '../support/paths.ts';
import { childrenOf } from '../support/proc.ts';
import { death, deaths, firstZombie, nativeTest, type Told, zombiesOf } from '../support/watch.ts';

/** How much later than it could be a record may be read: this machine may have other things to do. */
const LATE_MS = 2_000;

const stat = (pid: number) => parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
const uidOf = (pid: number) => Number(/^Uid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);

/** Where the kernel numbers cgroups: the v2 hierarchy, and the v1 hierarchy of the pids controller. */
function cgroupMount(type: 'cgroup' | 'cgroup2'): string | undefined {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const fields = mounts.map((line) => line.split(' '));
  return fields.find(([, , is, how]) => is === type && (type === 'cgroup2' || how?.split(',').includes('pids')))?.[1];
}

const inode = (path: string): bigint => statSync(path, { bigint: true }).ino;

function expectSettled(told: Told, settleMs: number): void {
  expect(told.atMs - told.zombie.exitMs).toBeGreaterThanOrEqual(settleMs);
  expect(told.atMs - told.zombie.exitMs).toBeLessThan(settleMs + LATE_MS);
}

describeKernel('a zombie is told', () => {
  nativeTest('once, when the settle time is over and not before', async ({ stage, watch }) => {
    const events = watch({ settleMs: 500 });
    const { pid } = await death(stage, 'exit:0');
    expect(events.toldOf(pid)).toEqual([]);
    expectSettled(await events.zombie(pid), 500);
    await events.settled(stage);
    expect(events.toldOf(pid)).toHaveLength(1);
  });

  nativeTest('and later its reap, with the same number, once', async ({ stage, watch }) => {
    const events = watch();
    const parent = await stage.start('never-waits', 3);
    const ids: number[] = [];
    for (const pid of zombiesOf(parent)) ids.push((await events.zombie(pid)).zombie.id);
    expect(new Set(ids).size).toBe(3);
    await events.settled(stage);
    expect(ids.map((id) => events.reapsOf(id))).toEqual([0, 0, 0]);
    process.kill(parent.pid, 'SIGKILL'); // the stage inherits them, and reaps
    for (const id of ids) await events.reaped(id);
    await events.settled(stage);
    expect(ids.map((id) => events.reapsOf(id))).toEqual([1, 1, 1]);
  });

  nativeTest('with the moment of its death, however it died', async ({ stage, watch }) => {
    const events = watch();
    const ways = ['exit:3', 'signal:9', 'signal:11', 'hog:100', 'realtime:100', 'thread-exits:4', 'thread-killed:15'];
    const died = await deaths(stage, 0, ...ways, 'leader-left:100');
    for (const { pid, earliestMs, latestMs } of died) {
      const { zombie } = await events.zombie(pid);
      expect(zombie.exitMs).toBeGreaterThanOrEqual(earliestMs);
      expect(zombie.exitMs).toBeLessThanOrEqual(latestMs);
      expect(zombie).toMatchObject({ exitKnown: true, inherited: false, tracer: 0 });
    }
  });

  nativeTest('with what wait() would tell', async ({ stage, watch }) => {
    const events = watch();
    const expected: [way: string, exitCode: number | null, signal: number | null][] = [
      ['exit:0', 0, null],
      ['exit:255', 255, null],
      ['signal:9', null, 9],
      ['signal:11', null, 11],
      ['thread-exits:4', 4, null],
      ['thread-killed:15', null, 15],
      ['leader-left:20', 0, null],
    ];
    const died = await deaths(stage, 0, ...expected.map(([way]) => way));
    const told: [string | undefined, number | null, number | null][] = [];
    for (const [index, { pid }] of died.entries()) {
      const { status } = (await events.zombie(pid)).zombie;
      told.push([expected[index]?.[0], status.exitCode, status.signal]);
    }
    expect(told).toEqual(expected);
  });

  nativeTest('with name, user, parent, start times and cgroup', async ({ stage, watch, container }) => {
    const events = watch();
    const command = container.run(programPath('never-waits'), 1, 'na) m Z 1 (x', 12345);
    const parent = await stage.start(...command);
    const pid = firstZombie(parent);
    const { zombie } = await events.zombie(pid);
    const its = stat(pid);
    expect(its).toMatchObject({ state: 'Z', threads: 1, ppid: parent.pid });
    expect(uidOf(pid)).toBe(12345);
    expect(zombie).toMatchObject({ comm: its?.comm, uid: 12345, tracer: 0 });
    expect(zombie.key.pid).toBe(pid);
    expect(startTicks(zombie.key.startUs)).toBe(its?.startTicks);
    expect(zombie.parent.pid).toBe(parent.pid);
    expect(startTicks(zombie.parent.startUs)).toBe(stat(parent.pid)?.startTicks);

    const v2 = cgroupMount('cgroup2');
    const v1 = cgroupMount('cgroup');
    expect(v2 ?? v1).toBeDefined();
    if (v2 !== undefined) expect(zombie.cgroupId).toBe(inode(v2 + container.path));
    expect(zombie.cgroupV1Id).toBe(v1 === undefined ? 0n : inode(v1 + container.path));
  });

  nativeTest('only when its last thread has ended, not when its leader has', async ({ stage, watch }) => {
    const events = watch({ settleMs: 100 });
    const parent = await stage.start('leader-exits-first', 1_500);
    const pid = parent.fact('child');
    expect(stat(pid)).toMatchObject({ state: 'Z', threads: 2 });
    await events.settled(stage);
    expect(events.toldOf(pid)).toEqual([]);
    await parent.said('died');
    expectSettled(await events.zombie(pid), 100);
    await events.settled(stage);
    expect(events.toldOf(pid)).toHaveLength(1);
  });

  nativeTest('with the tracer that holds it', async ({ stage, watch }) => {
    const events = watch();
    const traced = await stage.start('traced-zombie');
    const { zombie } = await events.zombie(firstZombie(traced));
    expect(zombie.tracer).toBe(traced.fact('tracer'));
    expect(zombie.parent.pid).toBe(traced.fact('parent'));
  });

  nativeTest('as inherited, when its parent died meanwhile', async ({ stage, watch }) => {
    const events = watch({ settleMs: 1_000 });
    const reaper = await stage.start('subreaper', 'zombies', 0);
    await reaper.said('inherited');
    for (const pid of zombiesOf(reaper)) {
      const { zombie } = await events.zombie(pid);
      expect(zombie).toMatchObject({ inherited: true, exitKnown: true });
      expect(zombie.parent.pid).toBe(reaper.pid);
    }
  });

  nativeTest('not as inherited, when it had its new parent before it died', async ({ stage, watch }) => {
    const events = watch();
    const reaper = await stage.start('subreaper', 'orphans');
    for (const pid of zombiesOf(reaper)) {
      const { zombie } = await events.zombie(pid);
      expect(zombie.inherited).toBe(false);
      expect(zombie.parent.pid).toBe(reaper.pid);
    }
  });

  nativeTest.for(['vfork', 'parent', 'silent'])('also if clone() made it: %s', async (how, { stage, watch }) => {
    const events = watch();
    await events.zombie(firstZombie(await stage.start('odd-clones', how)));
  });

  nativeTest('by the number that this pid namespace gives it', async ({ nestedStage, watch }) => {
    const events = watch();
    await nestedStage.start('never-waits');
    const [parent] = childrenOf(nestedStage.outerPid);
    const [pid] = childrenOf(parent ?? 0);
    const { zombie } = await events.zombie(pid ?? 0);
    expect(zombie.parent.pid).toBe(parent);
  });
});

describeKernel('nothing is told of', () => {
  nativeTest.for(['ignore', 'nocldwait'])('children that the kernel reaps: %s', async (how, { stage, watch }) => {
    const events = watch({ settleMs: 500 });
    const parent = await stage.start('sigchld-ignored', how);
    await events.settled(stage);
    expect(events.toldUnder(parent.pid)).toEqual([]);
  });

  nativeTest('children that exec from a thread, and are reaped', async ({ stage, watch }) => {
    const events = watch({ settleMs: 500 });
    const parent = await stage.start('exec-from-thread', 'reaped', 100);
    await events.settled(stage);
    expect(events.toldUnder(parent.pid)).toEqual([]);
  });

  nativeTest('a process that lives after an exec from a thread', async ({ stage, watch }) => {
    const events = watch({ settleMs: 100 });
    const parent = await stage.start('exec-from-thread', 'lives');
    await events.settled(stage);
    expect(events.toldOf(parent.fact('child'))).toEqual([]);
  });

  nativeTest('a storm of healthy exits, but for the one zombie in it', async ({ stage, watch }) => {
    const events = watch({ settleMs: 1_000, slackMs: 50 });
    const before = events.kernel.stats();
    const storm = await stage.start('burst', 10_000, 1, 1);
    await events.settled(stage);
    const [offender] = storm.ready.facts.parents as number[];
    expect(events.toldUnder(storm.pid)).toEqual([]);
    expect(events.toldUnder(offender ?? 0)).toHaveLength(1);
    expect(events.kernel.stats().exitsQueued - before.exitsQueued).toBeGreaterThanOrEqual(10_000);
    expect(events.kernel.stats()).toMatchObject({ queueOverrun: 0, ringFull: 0, mapFull: 0, recursionMisses: 0 });
  });
});

describeKernel('the settle time', () => {
  nativeTest('of zero tells every exit as it happens, healthy ones too', async ({ stage, watch }) => {
    const events = watch({ settleMs: 0, slackMs: 0 });
    const rounds = 20;
    const parent = await stage.start('exec-from-thread', 'reaped', rounds);
    const told = await events.until('every exit', () => {
      const under = events.toldUnder(parent.pid);
      return under.length >= rounds && under;
    });
    for (const { atMs, zombie } of told) {
      expect(atMs - zombie.exitMs).toBeLessThan(LATE_MS);
      expect(zombie.exitKnown).toBe(true);
    }
    const reaps = () => told.filter(({ zombie }) => events.reapsOf(zombie.id) === 1).length;
    await events.until('their reaps', () => reaps() > rounds / 2);
    const { pid } = await death(stage, 'thread-killed:9');
    const { zombie } = await events.zombie(pid);
    expect(zombie.status).toEqual({ exitCode: null, signal: 9 });
    expect(events.toldUnder(parent.pid)).toHaveLength(rounds);
    expect(events.toldOf(pid)).toHaveLength(1);
  });

  nativeTest('can be changed while it runs', async ({ stage, watch }) => {
    const events = watch({ settleMs: 100 });
    const next = async () => events.zombie((await death(stage, 'exit:0')).pid);
    expectSettled(await next(), 100);
    events.setSettle(1_000, 10);
    expectSettled(await next(), 1_000);
    events.setSettle(0, 0);
    expectSettled(await next(), 0);
    events.setSettle(300, 10);
    expectSettled(await next(), 300);
  });
});
