import { setTimeout as sleep } from 'node:timers/promises';
import { loadKernelEvents, recordDecoder } from './addon.ts';
import { settleDown, startDaemon } from './daemon.ts';
import { costsOf } from './process-costs.ts';
import { storm } from './programs.ts';
import { below, type Row, sampled } from './table.ts';

const HEALTHY = 'user space per healthy exit at 2000/s';
const IDLE = 'idle, in 10 s';

/** Counts the zombies of the whole node in this process: what wakes up a daemon that nobody on it leaves in peace. */
function watchStrangers(): { count(): number; close(): void } {
  const decode = recordDecoder();
  let records = 0;
  const events = loadKernelEvents(200, (bytes) => {
    records += decode(bytes).length;
  });
  events.start();
  return { count: () => records, close: () => events.close() };
}

/** The measurements during which nobody else left zombies; all of them if there is none such. */
function undisturbed(sample: readonly number[], records: readonly number[]): readonly number[] {
  const calm = sample.filter((_, index) => records[index] === 0);
  return calm.length > 0 ? calm : sample;
}

export async function measureUserSpace(quick: boolean): Promise<Row[]> {
  const rounds = quick ? 2 : 5;
  const exits = quick ? 4000 : 6000;
  const windows = quick ? 1 : 3;
  const windowMs = quick ? 5000 : 10_000;

  const daemon = await startDaemon();
  const strangers = watchStrangers();
  try {
    await settleDown();
    const wakeups: number[] = [];
    const cpu: number[] = [];
    const busyRecords: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const [before, records] = [costsOf(daemon.pid), strangers.count()];
      await storm('fork', exits, 2000);
      const after = costsOf(daemon.pid);
      wakeups.push(((after.switches - before.switches) / exits) * 1000);
      cpu.push((after.cpuNs - before.cpuNs) / 1000 / exits);
      busyRecords.push(strangers.count() - records);
    }

    const idleMs: number[] = [];
    const idleSwitches: number[] = [];
    const idleRecords: number[] = [];
    for (let window = 0; window < windows; window++) {
      const [before, records] = [costsOf(daemon.pid), strangers.count()];
      await sleep(windowMs);
      const after = costsOf(daemon.pid);
      const scale = 10_000 / windowMs;
      idleMs.push(((after.cpuNs - before.cpuNs) / 1e6) * scale);
      idleSwitches.push((after.switches - before.switches) * scale);
      idleRecords.push(strangers.count() - records);
    }
    return [
      sampled(HEALTHY, 'context switches per 1000 exits', '', undisturbed(wakeups, busyRecords), below(1)),
      sampled(HEALTHY, 'CPU of the daemon', 'µs', undisturbed(cpu, busyRecords), below(0.1)),
      sampled(HEALTHY, 'records of zombies that others left meanwhile', '', busyRecords),
      sampled(IDLE, 'CPU of the daemon', 'ms', undisturbed(idleMs, idleRecords), below(2)),
      sampled(IDLE, 'context switches', '', undisturbed(idleSwitches, idleRecords), below(10)),
      sampled(IDLE, 'records of zombies that others left meanwhile', '', idleRecords),
    ];
  } finally {
    strangers.close();
    await daemon.stop();
  }
}
