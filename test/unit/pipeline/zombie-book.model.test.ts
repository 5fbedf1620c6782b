import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SourceEvent } from '../../../src/domain/event.ts';
import type { Account } from '../../../src/domain/incident.ts';
import { keyId, type ProcessKey } from '../../../src/domain/process.ts';
import type { Zombie } from '../../../src/domain/zombie.ts';
import { type BookChange, ZombieBook } from '../../../src/pipeline/zombie-book.ts';
import { aZombie } from '../../support/builders.ts';

/** Number 0 is a parent that the agent cannot see. */
const PARENTS: readonly ProcessKey[] = [0, 1, 2, 3].map((pid) => ({ pid, startUs: pid }));
const parentOf = (number: number): ProcessKey => PARENTS[number % PARENTS.length] as ProcessKey;

interface Birth {
  readonly parent: number;
  readonly exitKnown: boolean;
  readonly inherited: boolean;
  /** How long before it is told of it died. */
  readonly lag: number;
}

/** What happens next; numbers choose among what is there at that moment. */
type Step =
  | { readonly does: 'die'; readonly birth: Birth }
  | { readonly does: 'repeat' | 'reap' | 'exit'; readonly which: number }
  | { readonly does: 'lose' }
  | { readonly does: 'snapshot'; readonly fates: readonly number[]; readonly births: readonly Birth[] };

const birth = (maxLag: number): fc.Arbitrary<Birth> =>
  fc.record({
    parent: fc.nat(3),
    exitKnown: fc.boolean(),
    inherited: fc.boolean(),
    lag: fc.nat(maxLag),
  });

const step = (maxLag: number): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ does: fc.constant('die' as const), birth: birth(maxLag) }) },
    { weight: 6, arbitrary: fc.record({ does: fc.constantFrom('repeat', 'reap', 'reap', 'exit'), which: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.constant({ does: 'lose' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({
        does: fc.constant('snapshot' as const),
        fates: fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }),
        births: fc.array(birth(200), { maxLength: 4 }),
      }),
    },
  );

interface Entry {
  readonly zombie: Zombie;
  readonly sinceMs: number;
  orphanedMs: number | undefined;
}

/** The same as the book in the plainest way: every record whole. Also makes the events. */
class Model {
  entries = new Map<number, Entry>();
  #serial = 0;

  event(the: Step, nowMs: number): SourceEvent {
    const standing = [...this.entries.values()].map(({ zombie }) => zombie);
    switch (the.does) {
      case 'die':
        return { type: 'zombie', zombie: this.#newborn(the.birth, nowMs) };
      case 'repeat': {
        const zombie = standing[the.which % standing.length];
        return zombie === undefined ? { type: 'reaped', id: 0 } : { type: 'zombie', zombie };
      }
      case 'reap':
        return { type: 'reaped', id: standing[the.which % standing.length]?.id ?? 0 };
      case 'exit':
        return { type: 'parent-exited', parent: parentOf(1 + (the.which % 3)) };
      case 'lose':
        return { type: 'lost', cause: 'ring-full', count: 1 };
      case 'snapshot': {
        // Fate: 0 has been reaped, 1 to 3 has this parent now, the others stay.
        const fate = (index: number): number => the.fates[index % the.fates.length] ?? 9;
        const kept = standing
          .map((zombie, index) => (fate(index) > 3 ? zombie : { ...zombie, parent: parentOf(fate(index)) }))
          .filter(({ parent }) => parent.pid !== 0);
        return { type: 'snapshot', zombies: [...kept, ...the.births.map((born) => this.#newborn(born, nowMs))] };
      }
    }
  }

  apply(event: SourceEvent, nowMs: number): void {
    switch (event.type) {
      case 'zombie':
        if (!this.entries.has(event.zombie.id)) {
          this.#add(event.zombie, sinceMs(event.zombie, nowMs));
        }
        break;
      case 'reaped':
        this.entries.delete(event.id);
        break;
      case 'parent-exited':
        for (const entry of this.entries.values()) {
          if (keyId(entry.zombie.parent) === keyId(event.parent)) {
            entry.orphanedMs ??= nowMs;
          }
        }
        break;
      case 'snapshot': {
        const before = this.entries;
        this.entries = new Map();
        for (const zombie of event.zombies) {
          const known = before.get(zombie.id);
          if (known === undefined) {
            this.#add(zombie, sinceMs(zombie, nowMs));
          } else if (keyId(known.zombie.parent) === keyId(zombie.parent)) {
            this.#add(zombie, known.sinceMs);
          } else {
            this.#add(zombie, known.orphanedMs ?? nowMs);
          }
        }
        break;
      }
    }
  }

  get orphans(): number {
    return [...this.entries.values()].filter(({ orphanedMs }) => orphanedMs !== undefined).length;
  }

  /** Since when a parent's zombies stand, oldest first. */
  of(parent: ProcessKey): number[] {
    return [...this.entries.values()]
      .filter(({ zombie, orphanedMs }) => orphanedMs === undefined && keyId(zombie.parent) === keyId(parent))
      .map((entry) => entry.sinceMs)
      .sort((a, b) => a - b);
  }

  #add(zombie: Zombie, since: number): void {
    if (zombie.parent.pid !== 0) {
      this.entries.set(zombie.id, { zombie, sinceMs: since, orphanedMs: undefined });
    }
  }

  #newborn({ parent, exitKnown, inherited, lag }: Birth, nowMs: number): Zombie {
    this.#serial++;
    return aZombie({ id: this.#serial, parent: parentOf(parent), exitKnown, inherited, exitMs: nowMs - lag });
  }
}

const sinceMs = (zombie: Zombie, nowMs: number): number =>
  zombie.exitKnown && !zombie.inherited ? zombie.exitMs : nowMs;

/** Holds what the book says, and what listeners have been told so far, against the model. */
function compare(book: ZombieBook, model: Model, told: Map<string, Account>, change: BookChange, front: number): void {
  expect(book.size).toBe(model.entries.size);
  expect(book.orphans).toBe(model.orphans);
  expect([...book.ids()].sort((a, b) => a - b)).toEqual([...model.entries.keys()].sort((a, b) => a - b));
  for (const parent of PARENTS) {
    const truth = model.of(parent);
    const account = told.get(keyId(parent));
    const oldest = account?.oldest.map((standing) => standing.sinceMs) ?? [];
    expect(account?.count ?? 0).toBe(truth.length);
    expect(oldest).toEqual(truth.slice(0, oldest.length));
    expect(oldest.length).toBeLessThanOrEqual(front);
    if (change.snapshotWanted === undefined && change.accounts.includes(account as Account)) {
      expect(oldest.length).toBeGreaterThanOrEqual(Math.min(truth.length, front / 4));
    }
  }
}

function play(batches: readonly (readonly Step[])[], front: number): void {
  const book = new ZombieBook(front);
  const model = new Model();
  const told = new Map<string, Account>();
  const apply = (events: readonly SourceEvent[], nowMs: number): BookChange => {
    const change = book.apply(events, nowMs);
    for (const account of change.accounts) {
      expect(account.count > 0 || told.has(keyId(account.parent))).toBe(true); // nobody hears of the end of what he never heard of
      if (account.count > 0) {
        told.set(keyId(account.parent), account);
      } else {
        told.delete(keyId(account.parent));
      }
    }
    return change;
  };
  batches.forEach((steps, index) => {
    const nowMs = 1_000 + index * 10;
    const events = steps.map((the) => {
      const event = model.event(the, nowMs);
      model.apply(event, nowMs);
      return event;
    });
    compare(book, model, told, apply(events, nowMs), front);
  });
  // Everything is reaped in the end, and nothing is left.
  apply(
    [...book.ids()].map((id) => ({ type: 'reaped', id })),
    1e6,
  );
  expect([book.size, book.orphans, told.size]).toEqual([0, 0, 0]);
  expect(book.apply([{ type: 'snapshot', zombies: [] }], 1e6)).toEqual({ accounts: [], snapshotWanted: undefined });
}

describe('ZombieBook agrees with a book that keeps every record whole', () => {
  test.each([
    ['told of as they die', 0],
    ['told of late and out of order', 50],
  ])('%s', (_, maxLag) => {
    const batches = fc.array(fc.array(step(maxLag), { maxLength: 5 }), { maxLength: 30 });
    fc.assert(fc.property(batches, fc.integer({ min: 1, max: 9 }), play), { numRuns: 500 });
  });
});
