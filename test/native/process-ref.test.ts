import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import type { AddonError, ProcessRef } from '../../src/native/addon.ts';
import { parseStat } from '../../src/source/parse-stat.ts';
import { loadAddon } from '../support/addon.ts';
import { describeKernel } from '../support/needs.ts';
import { programPath } from '../support/paths.ts';
import { eventually, isAlive, stateOf } from '../support/proc.ts';
import { runScript } from '../support/script.ts';
import { nativeTest } from '../support/watch.ts';

const addon = loadAddon();
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function ticksOf(pid: number): number {
  const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (stat === undefined) throw new Error(`no process ${pid}`);
  return stat.startTicks;
}

function refusal(open: () => ProcessRef): AddonError {
  try {
    open().close();
  } catch (error) {
    return error as AddonError;
  }
  throw new Error('not refused');
}

/** The pidfds that this process holds. */
function pidfds(): number {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return targets.filter((target) => target.includes('pidfd')).length;
}

describeKernel('a process reference', () => {
  nativeTest('signals its process, and tells once that it has exited', async ({ stage }) => {
    const { pid } = await stage.start('repents-on-term', 'waits');
    let exits = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const ref = new addon.ProcessRef(pid, ticksOf(pid), () => {
      exits++;
      resolve();
    });
    expect(ref.signal(0)).toBeUndefined();
    expect(ref.signal(999)).toBe('EINVAL');
    expect(isAlive(pid)).toBe(true);
    expect(exits).toBe(0);
    expect(ref.signal(9)).toBeUndefined();
    await promise;
    await eventually('the reap', () => stateOf(pid) === undefined);
    expect(ref.signal(9)).toBe('ESRCH');
    for (let turn = 0; turn < 10; turn++) await nextTurn();
    expect(exits).toBe(1);
    ref.close();
    ref.close();
    expect(ref.signal(0)).toBe('ESRCH');
  });

  nativeTest('is refused for another process, a thread and nobody', async ({ stage }) => {
    const { pid } = await stage.start('never-waits');
    const ticks = ticksOf(pid);
    const open = (number: number, start: number) => refusal(() => new addon.ProcessRef(number, start, () => undefined));
    const before = pidfds();
    expect(open(pid, ticks + 1)).toMatchObject({ code: 'ESRCH' });
    expect(open(pid, ticks - 1)).toMatchObject({ code: 'ESRCH' });
    const thread = readdirSync('/proc/self/task')
      .map(Number)
      .find((tid) => tid !== process.pid) as number;
    expect(open(thread, ticksOf(process.pid))).toMatchObject({ code: 'ESRCH' });
    const gone = await stage.launch('/bin/true');
    await eventually('its reap', () => stateOf(gone) === undefined);
    expect(open(gone, ticks)).toMatchObject({ code: 'ESRCH' });
    expect(pidfds()).toBe(before);
  });

  nativeTest('means a process whatever its name is', async ({ stage }) => {
    const { pid } = await stage.start('never-waits', 1, ') Z 1 (1) 2 3');
    const ref = new addon.ProcessRef(pid, ticksOf(pid), () => undefined);
    expect(ref.signal(0)).toBeUndefined();
    ref.close();
  });

  nativeTest('to a zombie tells the exit at once', async ({ stage }) => {
    const parent = await stage.start('never-waits');
    const [zombie] = parent.ready.facts.zombies as number[];
    const { promise, resolve } = Promise.withResolvers<void>();
    const ref = new addon.ProcessRef(zombie as number, ticksOf(zombie as number), resolve);
    await promise;
    ref.close();
  });

  nativeTest('tells nothing of a leader that ends before its group', async ({ stage }) => {
    const parent = await stage.start('leader-exits-first', 1_000);
    const pid = parent.fact('child');
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const ref = new addon.ProcessRef(pid, ticksOf(pid), () => resolve(stateOf(pid)));
    expect(ref.signal(0)).toBeUndefined();
    await parent.said('died');
    expect(await promise).toBe('Z');
    ref.close();
  });

  nativeTest('tells nothing after close()', async ({ stage }) => {
    const pid = await stage.launch(programPath('never-waits'));
    const ref = new addon.ProcessRef(pid, ticksOf(pid), () => expect.unreachable());
    const second = Promise.withResolvers<void>();
    const control = new addon.ProcessRef(pid, ticksOf(pid), second.resolve);
    expect(control.signal(9)).toBeUndefined();
    ref.close(); // the exit may be waiting to be told already
    await second.promise;
    control.close();
  });

  nativeTest('can be dropped: it tells the exit, and its descriptor goes with the garbage', async ({ stage }) => {
    const before = pidfds();
    const pids = await Promise.all(Array.from({ length: 10 }, () => stage.launch(programPath('never-waits'))));
    const exits = pids.map((pid) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      new addon.ProcessRef(pid, ticksOf(pid), resolve);
      return promise;
    });
    collectGarbage();
    await nextTurn();
    expect(pidfds()).toBe(before + pids.length);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await Promise.all(exits);
    await eventually('all descriptors closed', () => {
      collectGarbage();
      return pidfds() === before;
    });
  });

  nativeTest('that gets no descriptor says why', async () => {
    const ran = await runScript('no-descriptors', { via: ['prlimit', '--nofile=64:64'] });
    expect(ran.stderr).toBe('');
    expect(Object.assign({}, ...ran.said)).toEqual({
      atFirst: 'opened',
      files: 'EMFILE',
      withNone: 'EMFILE',
      withOne: 'EMFILE',
      withTwo: 'opened',
    });
  });
});
