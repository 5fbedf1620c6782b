import type { SourceEvent } from '../domain/event.js';
import type { Account, Standing } from '../domain/incident.js';
import { keyId, type ProcessKey } from '../domain/process.js';
import type { Zombie } from '../domain/zombie.js';

/** A parent's entry in the book. */
interface Entry {
  readonly parent: ProcessKey;
  count: number;
  /** The oldest zombies by id, in order of `sinceMs`: at most `front`, and the only ones kept whole. */
  oldest: Map<number, Standing>;
  /** One came out of order: put right when the batch is over. */
  unsorted: boolean;
  /** `sinceMs` of the youngest in `oldest`. */
  youngestMs: number;
  /** When the parent exited: its zombies wait here for a snapshot to tell whose they are now. */
  exitedMs: number | undefined;
  /** Somebody outside knows this account, and must hear of its end. */
  told: boolean;
}

/** What a batch of events has changed. */
export interface BookChange {
  /** One per parent that was touched. */
  readonly accounts: readonly Account[];
  /** Why a snapshot is needed to go on, if it is. */
  readonly snapshotWanted: 'parent-exited' | 'lost' | 'refill' | undefined;
}

/** Below this share of `front` the oldest zombies are filled up again from a snapshot. */
const REFILL_SHARE = 1 / 4;

/**
 * Which parent has which zombies. Keeps the oldest few of every parent whole and of the others only whose they are: one map
 * entry per zombie. An account's cost elsewhere (timers, verdicts, incidents) is per parent.
 */
export class ZombieBook {
  readonly #parents = new Map<string, Entry>();
  readonly #owner = new Map<number, Entry>();
  /** Zombies whose patience does not count from their death, and since when it does. */
  readonly #since = new Map<number, number>();
  #front: number;
  #orphans = 0;

  /** `front`: how many of a parent's oldest zombies are kept whole. */
  constructor(front: number) {
    this.#front = front;
  }

  /** Zombies known to stand, of all parents. */
  get size(): number {
    return this.#owner.size;
  }

  /** Zombies whose parent has exited and whose new one is not known yet. */
  get orphans(): number {
    return this.#orphans;
  }

  /** Ids of all zombies known to stand. */
  ids(): IterableIterator<number> {
    return this.#owner.keys();
  }

  /** Changes how many are kept whole; takes full effect with the next snapshot. */
  resize(front: number): void {
    this.#front = front;
  }

  apply(events: readonly SourceEvent[], nowMs: number): BookChange {
    const touched = new Set<Entry>();
    let wanted: BookChange['snapshotWanted'];

    for (const event of events) {
      switch (event.type) {
        case 'zombie':
          this.#seen(event.zombie, nowMs, touched);
          break;
        case 'reaped':
          this.#reaped(event.id, touched);
          break;
        case 'lost':
          wanted = 'lost';
          break;
        case 'parent-exited':
          if (this.#parentExited(event.parent, nowMs, touched)) {
            wanted ??= 'parent-exited';
          }
          break;
        case 'snapshot':
          this.#replace(event.zombies, nowMs, touched);
          wanted = undefined;
          break;
      }
    }
    for (const entry of touched) {
      this.#putInOrder(entry);
      if (entry.exitedMs === undefined && entry.oldest.size < Math.min(entry.count, this.#front * REFILL_SHARE)) {
        wanted ??= 'refill';
      }
    }
    const accounts = [...touched].flatMap((entry) => {
      const account = this.#account(entry);
      const known = entry.told;
      entry.told = account.count > 0;
      return known || entry.told ? [account] : [];
    });
    return { accounts, snapshotWanted: wanted };
  }

  /** CPUs tell of exits side by side, and inherited zombies count from later than older ones: order is the exception's to break. */
  #putInOrder(entry: Entry): void {
    if (!entry.unsorted) {
      return;
    }
    const sorted = [...entry.oldest].sort(([, a], [, b]) => a.sinceMs - b.sinceMs).slice(0, this.#front);
    entry.oldest = new Map(sorted);
    entry.unsorted = false;
    entry.youngestMs = sorted.at(-1)?.[1].sinceMs ?? Number.NEGATIVE_INFINITY;
  }

  #account(entry: Entry): Account {
    const exited = entry.exitedMs !== undefined;
    return {
      parent: entry.parent,
      count: exited ? 0 : entry.count,
      oldest: exited ? [] : [...entry.oldest.values()],
      parentExited: exited,
    };
  }

  #seen(zombie: Zombie, nowMs: number, touched: Set<Entry>): void {
    if (zombie.parent.pid === 0 || this.#owner.has(zombie.id)) {
      return;
    }
    if (!zombie.exitKnown || zombie.inherited) {
      this.#since.set(zombie.id, nowMs);
    }
    touched.add(this.#add(zombie));
  }

  #add(zombie: Zombie): Entry {
    const id = keyId(zombie.parent);
    let entry = this.#parents.get(id);
    if (entry === undefined) {
      entry = {
        parent: zombie.parent,
        count: 0,
        oldest: new Map(),
        unsorted: false,
        youngestMs: Number.NEGATIVE_INFINITY,
        exitedMs: undefined,
        told: false,
      };
      this.#parents.set(id, entry);
    }
    const sinceMs = this.#since.get(zombie.id) ?? zombie.exitMs;
    const isOutOfOrder = sinceMs < entry.youngestMs;
    // Once some are not kept, a new one is among the oldest only if it is older than one of those.
    if (isOutOfOrder || (entry.oldest.size === entry.count && entry.oldest.size < this.#front)) {
      entry.oldest.set(zombie.id, { zombie, sinceMs });
      entry.unsorted ||= isOutOfOrder;
      entry.youngestMs = Math.max(entry.youngestMs, sinceMs);
    }
    entry.count++;
    this.#owner.set(zombie.id, entry);
    return entry;
  }

  #reaped(id: number, touched: Set<Entry>): void {
    const entry = this.#owner.get(id);
    if (entry === undefined) {
      return;
    }
    this.#owner.delete(id);
    this.#since.delete(id);
    entry.oldest.delete(id);
    entry.count--;
    if (entry.exitedMs !== undefined) {
      this.#orphans--;
    } else {
      touched.add(entry);
      if (entry.count === 0) {
        this.#parents.delete(keyId(entry.parent));
      }
    }
  }

  /** True if zombies are left whose parent is not known now. */
  #parentExited(parent: ProcessKey, nowMs: number, touched: Set<Entry>): boolean {
    const entry = this.#parents.get(keyId(parent));
    if (entry === undefined) {
      return false;
    }
    this.#parents.delete(keyId(parent));
    entry.exitedMs = nowMs;
    this.#orphans += entry.count;
    entry.oldest.clear();
    touched.add(entry);
    return entry.count > 0;
  }

  #replace(zombies: readonly Zombie[], nowMs: number, touched: Set<Entry>): void {
    const before = new Map(this.#owner);
    const since = new Map(this.#since);
    for (const entry of this.#parents.values()) {
      touched.add(entry);
      entry.count = 0;
      entry.oldest.clear();
      entry.youngestMs = Number.NEGATIVE_INFINITY;
    }
    this.#owner.clear();
    this.#since.clear();
    this.#orphans = 0;

    const visible = zombies.filter((zombie) => zombie.parent.pid !== 0);
    for (const zombie of visible) {
      const patience = patienceFrom(zombie, before.get(zombie.id), since.get(zombie.id), nowMs);
      if (patience !== undefined) {
        this.#since.set(zombie.id, patience);
      }
    }
    const sinceOf = (zombie: Zombie): number => this.#since.get(zombie.id) ?? zombie.exitMs;
    for (const zombie of visible.sort((a, b) => sinceOf(a) - sinceOf(b))) {
      touched.add(this.#add(zombie));
    }
    for (const [id, entry] of this.#parents) {
      if (entry.count === 0) {
        this.#parents.delete(id);
      }
    }
  }
}

/** From when a snapshot's zombie counts, if not from its death. */
function patienceFrom(
  zombie: Zombie,
  owner: Entry | undefined,
  known: number | undefined,
  nowMs: number,
): number | undefined {
  if (owner !== undefined && keyId(owner.parent) !== keyId(zombie.parent)) {
    return owner.exitedMs ?? nowMs; // inherited when its parent exited
  }
  return known ?? (zombie.exitKnown && !zombie.inherited ? undefined : nowMs);
}
