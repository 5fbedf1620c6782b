import { map } from 'rxjs';
import { describe, test } from 'vitest';
import type { SourceEvent } from '../../src/domain/event.ts';
import { trackByParent } from '../../src/pipeline/track-by-parent.ts';
import { ZombieBook } from '../../src/pipeline/zombie-book.ts';
import { aZombie, PARENT } from '../support/builders.ts';
import { marbles } from '../support/marbles.ts';

const zombie = (id: number): SourceEvent => ({ type: 'zombie', zombie: aZombie({ id, exitKnown: false }) });

/** A batch by its letter. */
const batches: Record<string, readonly SourceEvent[]> = {
  a: [zombie(1)],
  b: [zombie(2), zombie(3)],
  r: [{ type: 'reaped', id: 1 }],
  d: [
    { type: 'reaped', id: 2 },
    { type: 'reaped', id: 3 },
  ],
  e: [],
  l: [{ type: 'lost', cause: 'ring-full', count: 1 }],
};

describe('trackByParent', () => {
  test.each([
    ['one change per batch', '-a-b-|', '-1-3-|'],
    ['duplicates change nothing', 'a-a', '1-0'],
    ['reaps', 'ab-r-d', '13-2-z'],
    ['a batch that touches no parent', 'e', '0'],
    ['never', '-', '-'],
    ['empty', '|', '|'],
    ['the source fails', 'a-#', '1-#'],
  ])('%s', (_, events, counts) => {
    marbles(({ hot, expectObservable }, scheduler) => {
      const changes$ = hot(events, batches).pipe(trackByParent(new ZombieBook(64), scheduler));
      const told$ = changes$.pipe(
        map(({ accounts: [account] }) => (account?.count === 0 ? 'z' : String(account?.count ?? 0))),
      );
      expectObservable(told$).toBe(counts);
    });
  });

  test('what has no time of death counts from when its batch came', () => {
    marbles(({ hot, expectObservable }, scheduler) => {
      const changes$ = hot('---a----b', batches).pipe(trackByParent(new ZombieBook(64), scheduler));
      const since$ = changes$.pipe(map(({ accounts: [account] }) => account?.oldest.map(({ sinceMs }) => sinceMs)));
      expectObservable(since$).toBe('---a----b', { a: [3], b: [3, 8, 8] });
    });
  });

  test('tells who, and why a snapshot is wanted', () => {
    marbles(({ hot, expectObservable }, scheduler) => {
      const changes$ = hot('l', batches).pipe(trackByParent(new ZombieBook(64), scheduler));
      expectObservable(changes$).toBe('l', { l: { accounts: [], snapshotWanted: 'lost' } });
      const parents$ = hot('a', batches).pipe(
        trackByParent(new ZombieBook(64), scheduler),
        map(({ accounts }) => accounts.map(({ parent }) => parent)),
      );
      expectObservable(parents$).toBe('a', { a: [PARENT] });
    });
  });
});
