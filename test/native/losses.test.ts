import { expect } from 'vitest';
import { monotonicMs } from '../../src/source/clock.ts';
import { describeKernel } from '../support/needs.ts';
import { childrenOf } from '../support/proc.ts';
import { nativeTest, type Watch } from '../support/watch.ts';

/** Keeps the event loop busy until this is so, at least so long: no record is read meanwhile. */
function block(what: string, leastMs: number, isSo: () => boolean): void {
  const began = monotonicMs();
  while (monotonicMs() < began + leastMs || !isSo()) {
    if (monotonicMs() > began + 20_000) throw new Error(`never came true: ${what}`);
  }
}

const KIB = 1024;

describeKernel('what gets lost is counted and told:', () => {
  nativeTest('exits that a full queue forgets', async ({ stage, watch }) => {
    const slots = 1024;
    const healthy = 20_000;
    const events = watch({ settleMs: 8_000, queueSlots: slots });
    const storm = await stage.start('burst', healthy, 1, 1); // its zombie comes first, and is forgotten
    const [offender] = storm.ready.facts['parents'] as number[];
    const [pid] = childrenOf(offender ?? 0);
    await events.until('the loss', () => events.lost('queue-overrun') > 0);
    const { queueOverrun, exitsQueued } = events.kernel.stats();
    expect(events.lost('queue-overrun')).toBeGreaterThanOrEqual(healthy - slots);
    expect(events.lost('queue-overrun')).toBeLessThanOrEqual(queueOverrun);
    expect(queueOverrun).toBeLessThanOrEqual(exitsQueued - slots);

    events.setSettle(200, 10);
    await events.settled(stage); // the queue works as before
    expect(events.toldUnder(storm.pid)).toEqual([]);
    expect(events.toldOf(pid ?? 0)).toEqual([]);
    expect(events.snapshot().map((zombie) => zombie.key.pid)).toContain(pid);
  });

  nativeTest('no zombie while nobody reads and the ring is full, but reaps', async ({ stage, watch }) => {
    const count = 5_000;
    const events = watch({ ringBytes: 64 * KIB });
    const parent = await stage.start('never-waits', count);
    // The ring has room for some 600 of them.
    block('the ring is full', 2_000, () => events.kernel.stats().standing > 500);
    expect(events.kernel.stats().standing).toBeLessThan(1_500);
    const told = await events.until('every zombie', () => {
      const under = events.toldUnder(parent.pid);
      return under.length >= count && under;
    });
    expect(new Set(told.map(({ zombie }) => zombie.key.pid)).size).toBe(count);
    expect(events.lost('ring-full')).toBe(0);

    process.kill(parent.pid, 'SIGKILL'); // the stage inherits all of them, and reaps
    block('all are freed', 0, () => events.kernel.stats().standing < count / 10);
    const reaps = () => told.filter(({ zombie }) => events.reapsOf(zombie.id) > 0).length;
    expect(reaps()).toBe(0);
    await events.until('the loss', () => events.lost('ring-full') > 0);
    await events.until('every reap, or its loss', () => reaps() + events.lost('ring-full') >= count);
    expect(reaps()).toBeGreaterThan(1_000);
    expect(events.lost('ring-full')).toBeGreaterThan(1_000);
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
    expect(events.kernel.stats().standing).toBe(room);

    process.kill(parent.pid, 'SIGKILL');
    await events.until('the map is free again', () => reapsOf(events, told) > 0);
    await events.settled(stage);
    expect(reapsOf(events, told)).toBeLessThanOrEqual(room);
  });
});

const reapsOf = (events: Watch, told: readonly { zombie: { id: number } }[]) =>
  told.filter(({ zombie }) => events.reapsOf(zombie.id) > 0).length;
