import { describe, expect, test } from 'vitest';
import type { SourceEvent } from '../../../src/domain/event.ts';
import type { ProcessKey } from '../../../src/domain/process.ts';
import type { Zombie } from '../../../src/domain/zombie.ts';
import { type BookChange, ZombieBook } from '../../../src/pipeline/zombie-book.ts';
import { aZombie, PARENT } from '../../support/builders.ts';

const HEIR: ProcessKey = { pid: 1, startUs: 1 };

const died = (id: number, exitMs = 0, zombie: Partial<Zombie> = {}): Zombie => aZombie({ id, exitMs, ...zombie });
const seen = (zombie: Zombie): SourceEvent => ({ type: 'zombie', zombie });
const reaped = (id: number): SourceEvent => ({ type: 'reaped', id });
const snapshot = (...zombies: readonly Zombie[]): SourceEvent => ({ type: 'snapshot', zombies });
const exited = (parent: ProcessKey): SourceEvent => ({ type: 'parent-exited', parent });
const lost: SourceEvent = { type: 'lost', cause: 'ring-full', count: 3 };

/** `<parent>: <count> [<id>@<since> …]`, one per account. */
const inShort = ({ accounts }: BookChange): string[] =>
  accounts.map(({ parent, count, oldest, parentExited }) => {
    const front = oldest.map(({ zombie, sinceMs }) => `${zombie.id}@${sinceMs}`).join(' ');
    return `${parent.pid}: ${count} [${front}]${parentExited ? ' exited' : ''}`;
  });

/** Batches at 100, 200, 300 … ms; what the last one changes. */
function last(book: ZombieBook, ...batches: readonly (readonly SourceEvent[])[]): BookChange {
  const changes = batches.map((events, index) => book.apply(events, (index + 1) * 100));
  return changes.at(-1) as BookChange;
}

describe('accounts', () => {
  test.each<[string, readonly (readonly SourceEvent[])[], readonly string[]]>([
    ['one zombie', [[seen(died(1, 50))]], ['42: 1 [1@50]']],
    ['a batch is one change per parent', [[seen(died(1)), seen(died(2)), reaped(1)]], ['42: 1 [2@0]']],
    ['two parents', [[seen(died(1)), seen(died(2, 0, { parent: HEIR }))]], ['42: 1 [1@0]', '1: 1 [2@0]']],
    ['the same event twice', [[seen(died(1))], [seen(died(1, 9))]], []],
    ['reaped', [[seen(died(1)), seen(died(2))], [reaped(1)]], ['42: 1 [2@0]']],
    ['the last one is reaped', [[seen(died(1))], [reaped(1)]], ['42: 0 []']],
    ['reaped twice', [[seen(died(1))], [reaped(1)], [reaped(1)]], []],
    ['reaped before it was seen', [[reaped(1)]], []],
    ['seen and reaped in one batch: nobody needs to know', [[seen(died(1)), reaped(1)]], []],
    ['a parent that the agent cannot see', [[seen(died(1, 0, { parent: { pid: 0, startUs: 0 } }))]], []],
    ['a pid again is another parent', [[seen(died(1, 0, { parent: { pid: 42, startUs: 9 } }))]], ['42: 1 [1@0]']],
    [
      'reaped to the last, and a new one: an end and a beginning',
      [[seen(died(1))], [reaped(1), seen(died(2, 150))]],
      ['42: 0 []', '42: 1 [2@150]'],
    ],
    ['the parent exits', [[seen(died(1))], [exited(PARENT)]], ['42: 0 [] exited']],
    ['a parent without zombies exits', [[exited(PARENT)]], []],
    ['seen and orphaned in one batch: nobody needs to know', [[seen(died(1)), exited(PARENT)]], []],
    ['an orphan is reaped', [[seen(died(1))], [exited(PARENT)], [reaped(1)]], []],
    ['nothing happens', [[]], []],
  ])('%s', (_, batches, accounts) => {
    expect(inShort(last(new ZombieBook(64), ...batches))).toEqual(accounts);
  });

  test('a pid that is used again is another account', () => {
    const book = new ZombieBook(64);
    const later = { pid: 42, startUs: 9_999_999 };
    const { accounts } = last(book, [seen(died(1)), seen(died(2, 0, { parent: later }))]);
    expect(accounts.map(({ parent, count }) => [parent, count])).toEqual([
      [PARENT, 1],
      [later, 1],
    ]);
  });
});

describe('from when patience counts', () => {
  test.each<[string, readonly (readonly SourceEvent[])[], readonly string[]]>([
    ['death', [[seen(died(1, 20))]], ['42: 1 [1@20]']],
    ['first sight, where the death is not known', [[seen(died(1, 20, { exitKnown: false }))]], ['42: 1 [1@100]']],
    ['first sight, where it died under another parent', [[seen(died(1, 20, { inherited: true }))]], ['42: 1 [1@100]']],
    ['death, in a snapshot', [[snapshot(died(1, 20))]], ['42: 1 [1@20]']],
    ['first sight, in a snapshot', [[snapshot(died(1, 20, { exitKnown: false }))]], ['42: 1 [1@100]']],
    ['inherited, first seen in a snapshot', [[snapshot(died(1, 20, { inherited: true }))]], ['42: 1 [1@100]']],
    [
      'first sight stays first sight',
      [[seen(died(1, 20, { exitKnown: false }))], [snapshot(died(1, 20, { exitKnown: false }))]],
      ['42: 1 [1@100]'],
    ],
    [
      'an heir’s counts from when the parent exited',
      [[seen(died(1, 20))], [exited(PARENT)], [snapshot(died(1, 20, { parent: HEIR }))]],
      ['1: 1 [1@200]'],
    ],
    [
      'and not anew with every snapshot',
      [
        [seen(died(1, 20))],
        [exited(PARENT)],
        [snapshot(died(1, 20, { parent: HEIR }))],
        [snapshot(died(1, 20, { parent: HEIR }))],
      ],
      ['1: 1 [1@200]'],
    ],
    [
      'inherited without a word of the exit: from the snapshot that shows it',
      [[seen(died(1, 20))], [snapshot(died(1, 20, { parent: HEIR }))]],
      ['42: 0 []', '1: 1 [1@200]'],
    ],
    [
      'the parent was not gone after all',
      [[seen(died(1, 20))], [exited(PARENT)], [snapshot(died(1, 20))]],
      ['42: 1 [1@20]'],
    ],
    [
      'the oldest first, whoever was inherited when',
      [[snapshot(died(1, 90), died(2, 10), died(3, 50, { inherited: true }))]],
      ['42: 3 [2@10 1@90 3@100]'],
    ],
    [
      'died before another was inherited, told of after it',
      [[seen(died(1, 10, { inherited: true }))], [seen(died(2, 50))]],
      ['42: 2 [2@50 1@100]'],
    ],
  ])('%s', (_, batches, accounts) => {
    expect(inShort(last(new ZombieBook(64), ...batches))).toEqual(accounts);
  });
});

describe('orphans', () => {
  test('are counted until a snapshot tells whose they are', () => {
    const book = new ZombieBook(64);
    last(book, [seen(died(1)), seen(died(2))], [exited(PARENT)]);
    expect([book.size, book.orphans]).toEqual([2, 2]);
    book.apply([reaped(1)], 300);
    expect([book.size, book.orphans]).toEqual([1, 1]);
    expect([...book.ids()]).toEqual([2]);
    book.apply([snapshot(died(2, 0, { parent: HEIR }))], 400);
    expect([book.size, book.orphans]).toEqual([1, 0]);
  });

  test('a parent that is told of twice orphans nobody twice', () => {
    const book = new ZombieBook(64);
    last(book, [seen(died(1))], [exited(PARENT), exited(PARENT)], [exited(PARENT)]);
    expect([book.size, book.orphans]).toEqual([1, 1]);
  });
});

describe('when a snapshot is wanted', () => {
  test.each<[string, readonly SourceEvent[], BookChange['snapshotWanted']]>([
    ['losses', [lost], 'lost'],
    ['losses before a snapshot are made good by it', [lost, snapshot()], undefined],
    ['losses after it are not', [snapshot(), lost], 'lost'],
    ['orphans', [seen(died(1)), exited(PARENT)], 'parent-exited'],
    ['no orphans', [exited(PARENT)], undefined],
    ['orphans before a snapshot', [seen(died(1)), exited(PARENT), snapshot()], undefined],
    ['ordinary events', [seen(died(1)), reaped(1), seen(died(2))], undefined],
  ])('%s', (_, events, wanted) => {
    expect(new ZombieBook(64).apply(events, 0).snapshotWanted).toBe(wanted);
  });
});

describe('only the oldest are kept whole', () => {
  const FRONT = 8;
  const crowd = Array.from({ length: 20 }, (_, index) => died(index + 1, index));
  const front = (change: BookChange): number[] => change.accounts[0]?.oldest.map(({ zombie }) => zombie.id) ?? [];

  test('by events', () => {
    const change = new ZombieBook(FRONT).apply(crowd.map(seen), 100);
    expect(change.accounts[0]?.count).toBe(20);
    expect(front(change)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('by a snapshot, in whatever order it comes', () => {
    const change = new ZombieBook(FRONT).apply([snapshot(...crowd.toReversed())], 100);
    expect(front(change)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('a snapshot’s array is not touched', () => {
    const zombies = crowd.toReversed();
    new ZombieBook(FRONT).apply([{ type: 'snapshot', zombies }], 100);
    expect(zombies).toEqual(crowd.toReversed());
  });

  test('a new one is not put before those that are not kept', () => {
    const book = new ZombieBook(FRONT);
    const change = last(book, crowd.map(seen), [reaped(1), reaped(2), reaped(3), seen(died(21, 150))]);
    expect(change.accounts[0]?.count).toBe(18);
    expect(front(change)).toEqual([4, 5, 6, 7, 8]);
    expect(change.snapshotWanted).toBeUndefined();
  });

  test('below a quarter they are filled up from a snapshot', () => {
    const book = new ZombieBook(FRONT);
    const gone = (ids: readonly number[]) => ids.map(reaped);
    const still = last(book, crowd.map(seen), gone([1, 2, 3, 4, 5, 6]));
    expect(still.snapshotWanted).toBeUndefined();
    const few = book.apply(gone([7]), 300);
    expect(few.snapshotWanted).toBe('refill');
    const filled = book.apply([snapshot(...crowd.slice(7))], 400);
    expect(filled.snapshotWanted).toBeUndefined();
    expect(front(filled)).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  });

  test('few zombies need no filling up', () => {
    const change = last(new ZombieBook(FRONT), [seen(died(1)), seen(died(2))], [reaped(1)]);
    expect(change.snapshotWanted).toBeUndefined();
  });

  test('another size takes effect with the next snapshot', () => {
    const book = new ZombieBook(2);
    book.apply([snapshot(...crowd)], 100);
    book.resize(4);
    expect(front(book.apply([snapshot(...crowd)], 200))).toEqual([1, 2, 3, 4]);
    book.resize(1);
    expect(front(book.apply([snapshot(...crowd)], 300))).toEqual([1]);
  });
});
