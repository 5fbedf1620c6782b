import { test } from 'vitest';
import type { LossCause, SourceEvent } from '../../src/domain/event.ts';
import type { Zombie } from '../../src/domain/zombie.ts';
import type { KernelEvents } from '../../src/native/addon.ts';
import { monotonicMs } from '../../src/source/clock.ts';
import { decodeSnapshot, recordDecoder } from '../../src/source/decode-records.ts';
import { loadAddon } from './addon.ts';
import { FakeContainer } from './cgroup.ts';
import { inPidNamespace } from './namespaces.ts';
import { type Program, type Said, Stage } from './program.ts';

export interface WatchOptions {
  readonly settleMs?: number;
  readonly slackMs?: number;
  readonly queueSlots?: number;
  readonly maxZombies?: number;
  readonly ringBytes?: number;
}

/** A zombie as it was told, and when: on the same clock as its exit. */
export interface Told {
  readonly atMs: number;
  readonly zombie: Zombie;
}

const NS_PER_MS = 1e6;

/** The addon's event source in this process, and everything that it has told. The zombies of the whole machine are in it. */
export class Watch {
  readonly kernel: KernelEvents;
  readonly #told = new Map<number, Told[]>();
  readonly #reaped = new Map<number, number>();
  readonly #lost = new Map<LossCause, number>();
  readonly #waiters = new Set<() => void>();

  constructor(options: WatchOptions = {}) {
    const { settleMs = 200, slackMs = 10, queueSlots = 65_536, maxZombies = 262_144, ringBytes = 524_288 } = options;
    const decode = recordDecoder();
    const addon = loadAddon();
    this.kernel = new addon.KernelEvents(
      { queueSlots, maxZombies, ringBytes, settleNs: settleMs * NS_PER_MS, slackNs: slackMs * NS_PER_MS },
      (records) => {
        const atMs = monotonicMs();
        for (const event of decode(records)) this.#take(event, atMs);
        for (const waiter of [...this.#waiters]) waiter();
      },
    );
    this.kernel.start();
  }

  /** Each time that this process was told as a zombie. */
  toldOf(pid: number): readonly Told[] {
    return this.#told.get(pid) ?? [];
  }

  /** Everything told of this parent's children. */
  toldUnder(parent: number): readonly Told[] {
    return [...this.#told.values()].flat().filter((told) => told.zombie.parent.pid === parent);
  }

  /** How often the reap of that zombie was told. */
  reapsOf(id: number): number {
    return this.#reaped.get(id) ?? 0;
  }

  lost(cause: LossCause): number {
    return this.#lost.get(cause) ?? 0;
  }

  snapshot(): Zombie[] {
    return decodeSnapshot(this.kernel.snapshot());
  }

  setSettle(settleMs: number, slackMs: number): void {
    this.kernel.setSettle(settleMs * NS_PER_MS, slackMs * NS_PER_MS);
  }

  /** Asks now and after every batch of records, until the answer is neither undefined nor false. */
  async until<T>(what: string, ask: () => T | undefined | false, timeoutMs = 20_000): Promise<T> {
    const known = ask();
    if (known !== undefined && known !== false) return known;
    return new Promise((resolve, reject) => {
      const waiter = () => {
        const answer = ask();
        if (answer === undefined || answer === false) return;
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve(answer);
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`not within ${timeoutMs} ms: ${what}; ${JSON.stringify(this.kernel.stats())}`));
      }, timeoutMs);
      this.#waiters.add(waiter);
    });
  }

  zombie(pid: number): Promise<Told> {
    return this.until(`zombie ${pid} told`, () => this.toldOf(pid)[0]);
  }

  reaped(id: number): Promise<boolean> {
    return this.until(`reap of zombie number ${id} told`, () => this.reapsOf(id) > 0);
  }

  /**
   * The barrier for "nothing is told": a zombie made later than what is under test. Exits are looked at in the order in which they came.
   * What was not quite dead when it was looked at goes to the end of the queue once more: hence two rounds.
   */
  async settled(stage: Stage): Promise<void> {
    for (let round = 0; round < 2; round++) {
      const control = await stage.start('never-waits');
      await this.zombie(firstZombie(control));
    }
  }

  #take(event: SourceEvent, atMs: number): void {
    if (event.type === 'zombie') {
      const known = this.#told.get(event.zombie.key.pid) ?? [];
      this.#told.set(event.zombie.key.pid, [...known, { atMs, zombie: event.zombie }]);
    } else if (event.type === 'reaped') {
      this.#reaped.set(event.id, this.reapsOf(event.id) + 1);
    } else if (event.type === 'lost') {
      this.#lost.set(event.cause, this.lost(event.cause) + event.count);
    }
  }
}

interface Fixtures {
  /** The process tree of this test; closed afterwards, whatever is left in it. */
  readonly stage: Stage;
  /** The same in a pid namespace of its own, where it is pid 1. */
  readonly nestedStage: Stage;
  readonly container: FakeContainer;
  /** Loads and starts the addon's event source; closed afterwards. */
  readonly watch: (options?: WatchOptions) => Watch;
}

export const nativeTest = test.extend<Fixtures>({
  // biome-ignore-start lint/correctness/noEmptyPattern: vitest wants the pattern
  stage: async ({}, use) => {
    const stage = await Stage.open();
    await use(stage);
    await stage.close();
  },
  nestedStage: async ({}, use) => {
    const stage = await Stage.open(inPidNamespace);
    await use(stage);
    await stage.close();
  },
  container: async ({}, use) => {
    const container = new FakeContainer();
    await use(container);
    await container.remove();
  },
  watch: async ({}, use) => {
    const watches: Watch[] = [];
    await use((options) => {
      const watch = new Watch(options);
      watches.push(watch);
      return watch;
    });
    for (const watch of watches) watch.kernel.close();
  },
  // biome-ignore-end lint/correctness/noEmptyPattern: as above
});

/** The zombies that a program names. */
export function zombiesOf(said: Program | Said): number[] {
  const { zombies } = ('ready' in said ? said.ready : said).facts;
  if (!Array.isArray(zombies)) throw new Error('the program names no zombies');
  return zombies as number[];
}

export function firstZombie(said: Program | Said): number {
  const pid = zombiesOf(said)[0];
  if (pid === undefined) throw new Error('the program has no zombie');
  return pid;
}

/** One child of programs/deaths.c, and the moments between which it died. */
export interface Death {
  readonly pid: number;
  readonly parent: Program;
  readonly earliestMs: number;
  readonly latestMs: number;
}

/** Lets children die in these ways, `gapMs` apart (programs/deaths.c). */
export async function deaths(stage: Stage, gapMs: number, ...ways: string[]): Promise<Death[]> {
  const parent = await stage.start('deaths', gapMs, ...ways);
  const told = parent.ready.facts.deaths as { pid: number; earliestUs: number; latestUs: number }[];
  return told.map(({ pid, earliestUs, latestUs }) => ({
    pid,
    parent,
    earliestMs: earliestUs / 1000,
    latestMs: latestUs / 1000,
  }));
}

export async function death(stage: Stage, way: string): Promise<Death> {
  const [only] = await deaths(stage, 0, way);
  if (only === undefined) throw new Error('nobody died');
  return only;
}
