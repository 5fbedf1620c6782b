import { expect } from 'vitest';
import { monotonicMs } from '../../src/source/clock.ts';
import { LAYOUT } from '../../src/source/decode-records.ts';
import { describeKernel } from '../support/needs.ts';
import { programPath } from '../support/paths.ts';
import { childrenOf } from '../support/proc.ts';
import type { Stage } from '../support/program.ts';
import { firstZombie, nativeTest, type Watch } from '../support/watch.ts';

/** Keeps the event loop busy until this is so, at least so long: no record is read meanwhile. */
function block(what: string, leastMs: number, isSo: () => boolean): void {
  const began = monotonicMs();
  while (monotonicMs() < began + leastMs || !isSo()) {
    if (monotonicMs() > began + 20_000) throw new Error(`never came true: ${what}`);
  }
}

const KIB = 1024;
/** Bytes before each record in the ring buffer (BPF_RINGBUF_HDR_SZ). */
const RING_HEADER = 8;

describeKernel('what gets lost is counted and told:', () => {
  nativeTest('exits that a full queue forgets', async ({ stage, watch }) => {
    const slots = 1_024;
    const healthy = 10_000;
    const settleMs = 5_000;
    const events = watch({ settleMs, queueSlots: slots });
    const storm = await stage.start('burst', healthy, 1, 1); // its zombie comes first, and is forgotten
    const [offender] = storm.ready.facts.parents as number[];
    const [pid] = childrenOf(offender ?? 0);
    // What still lies in the queue when a settle time is over is looked at: that happens twice if the storm is slow.
    await events.until('the loss', () => events.lost('queue-overrun') >= healthy - 2 * slots);
    const { queueOverrun, exitsQueued } = events.kernel.stats();
    expect(events.lost('queue-overrun')).toBeLessThanOrEqual(queueOverrun);
    expect(queueOverrun).toBeLessThanOrEqual(exitsQueued - slots);
    expect(events.snapshot().map((zombie) => zombie.key.pid)).toContain(pid);

    events.setSettle(100, 10);
    await untilOneIsTold(events, stage);
    expect(events.toldUnder(storm.pid)).toEqual([]);
    expect(events.toldOf(pid ?? 0)).toEqual([]);
  });

  nativeTest('no zombie while nobody reads and the ring is full, but reaps', async ({ stage, watch }) => {
    const count = 5_000;
    const room = (64 * KIB) / (LAYOUT.reapd_zombie.size + RING_HEADER);
    const events = watch({ ringBytes: 64 * KIB });
    const parent = await stage.launch(programPath('never-waits'), count);
    const before = events.kernel.stats().standing;
    const toldSince = () => events.kernel.stats().standing - before;
    block('all have been made', 2_000, () => childrenOf(parent).length >= count);
    expect(toldSince()).toBeLessThanOrEqual(room);
    const told = await events.until('every zombie', () => {
      const under = events.toldUnder(parent);
      return under.length >= count && under;
    });
    expect(new Set(told.map(({ zombie }) => zombie.key.pid)).size).toBe(count);

    const lostBefore = events.lost('ring-full'); // reaps of the machine's other zombies
    const standing = () => events.kernel.stats().standing;
    const most = standing() - 0.9 * count;
    process.kill(parent, 'SIGKILL'); // the stage inherits all of them, and reaps
    block('most are freed', 0, () => standing() < most);
    expect(reapsOf(events, told)).toBe(0);
    const lost = () => events.lost('ring-full') - lostBefore;
    await events.until('every reap, or its loss', () => reapsOf(events, told) + lost() >= count);
    expect(reapsOf(events, told)).toBeLessThan(count);
    expect(events.lost('ring-full')).toBe(events.kernel.stats().ringFull);
  });

  nativeTest('zombies that a full map cannot remember', async ({ stage, watch }) => {
    const room = 16;
    const count = 100;
    const events = watch({ maxZombies: room });
    const parent = await stage.start('never-waits', count);
    const told = await events.until('every zombie', () => {
      const under = events.toldUnder(parent.pid);
      return under.length >= count && under;
    });
    await events.until('the loss', () => events.lost('map-full') >= count - room);
    expect(events.kernel.stats().standing).toBeLessThanOrEqual(room);

    process.kill(parent.pid, 'SIGKILL');
    await events.until('the map is free again', () => events.kernel.stats().standing < room);
    await events.settled(stage);
    expect(reapsOf(events, told)).toBeLessThanOrEqual(room);
  });
});

/** A small queue may be overrun by whatever else this machine does: then the next one has its chance. */
async function untilOneIsTold(events: Watch, stage: Stage): Promise<void> {
  const controls: number[] = [];
  const interval = setInterval(async () => controls.push(firstZombie(await stage.start('never-waits'))), 500);
  await events.until('one of several zombies', () => controls.some((pid) => events.toldOf(pid).length > 0), 20_000);
  clearInterval(interval);
}

const reapsOf = (events: Watch, told: readonly { zombie: { id: number } }[]) =>
  told.filter(({ zombie }) => events.reapsOf(zombie.id) > 0).length;
