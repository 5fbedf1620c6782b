import { constants } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ParentFacts } from '../../../src/domain/parent.ts';
import { type Foretold, foretell } from '../../../src/policy/predict.ts';
import { aParent, maskOf } from '../../support/builders.ts';

const numberOf = (signal: string): number => constants.signals[signal as NodeJS.Signals];

/** A parent with these signals in its masks. */
function parent(masks: Partial<Record<'blocked' | 'ignored' | 'caught', string>>, facts: Partial<ParentFacts> = {}) {
  const mask = (signals = ''): bigint => maskOf(...signals.split(' ').filter(Boolean).map(numberOf));
  const signals = { blocked: mask(masks.blocked), ignored: mask(masks.ignored), caught: mask(masks.caught) };
  return aParent({ signals, ...facts });
}

const INIT = { inAgentNamespace: false, nsPid: 1 };

describe('foretell', () => {
  test.each<[string, ParentFacts, string, Pick<Foretold, 'effect' | 'useless'>]>([
    ['nothing set', parent({}), 'SIGTERM', { effect: 'ends-parent', useless: false }],
    ['nothing set', parent({}), 'SIGKILL', { effect: 'ends-parent', useless: false }],
    ['nothing set', parent({}), 'SIGHUP', { effect: 'ends-parent', useless: false }],
    ['nothing set', parent({}), 'SIGCHLD', { effect: 'no-effect', useless: false }],
    ['nothing set', parent({}), 'SIGCONT', { effect: 'no-effect', useless: false }],
    ['nothing set', parent({}), 'SIGSTOP', { effect: 'no-effect', useless: false }],
    ['nothing set', parent({}), 'SIGTSTP', { effect: 'no-effect', useless: false }],
    ['nothing set', parent({}), 'SIGWINCH', { effect: 'no-effect', useless: false }],
    ['a handler', parent({ caught: 'SIGTERM' }), 'SIGTERM', { effect: 'handled', useless: false }],
    ['a handler for another', parent({ caught: 'SIGHUP' }), 'SIGTERM', { effect: 'ends-parent', useless: false }],
    ['a handler for SIGCHLD', parent({ caught: 'SIGCHLD' }), 'SIGCHLD', { effect: 'handled', useless: false }],
    ['ignored', parent({ ignored: 'SIGTERM' }), 'SIGTERM', { effect: 'ignored', useless: false }],
    ['blocked', parent({ blocked: 'SIGTERM' }), 'SIGTERM', { effect: 'no-effect', useless: false }],
    [
      'blocked with a handler',
      parent({ blocked: 'SIGTERM', caught: 'SIGTERM' }),
      'SIGTERM',
      { effect: 'no-effect', useless: false },
    ],
    [
      'everything blocked and ignored',
      parent({ blocked: 'SIGKILL', ignored: 'SIGKILL' }),
      'SIGKILL',
      { effect: 'ends-parent', useless: false },
    ],
    ['stopped', parent({}, { state: 'T' }), 'SIGTERM', { effect: 'no-effect', useless: true }],
    ['stopped', parent({}, { state: 'T' }), 'SIGKILL', { effect: 'ends-parent', useless: false }],
    ['stopped by its tracer', parent({}, { state: 't' }), 'SIGKILL', { effect: 'ends-parent', useless: false }],
    ['in uninterruptible sleep', parent({}, { state: 'D' }), 'SIGKILL', { effect: 'ends-parent', useless: false }],
    ['a namespace’s init', parent({}, INIT), 'SIGTERM', { effect: 'ignored', useless: true }],
    ['a namespace’s init', parent({}, INIT), 'SIGKILL', { effect: 'ends-namespace', useless: false }],
    [
      'a namespace’s init with a handler',
      parent({ caught: 'SIGTERM' }, INIT),
      'SIGTERM',
      { effect: 'handled', useless: false },
    ],
    [
      'a namespace’s init with another handler',
      parent({ caught: 'SIGHUP' }, INIT),
      'SIGTERM',
      { effect: 'ignored', useless: true },
    ],
    [
      'a namespace’s init, stopped, with a handler',
      parent({ caught: 'SIGTERM' }, { ...INIT, state: 'T' }),
      'SIGTERM',
      { effect: 'no-effect', useless: true },
    ],
    [
      'an ordinary process of a namespace',
      parent({}, { inAgentNamespace: false, nsPid: 2 }),
      'SIGTERM',
      { effect: 'ends-parent', useless: false },
    ],
  ])('%s (%#): %s', (_, facts, signal, expected) => {
    expect(foretell(facts, signal, numberOf(signal))).toMatchObject(expected);
  });

  // SIGCONT continues a stopped process as it is generated, before it is blocked, ignored or dropped (signal(7)).
  test.each([
    ['a stopped parent', parent({}, { state: 'T' })],
    ['a stopped namespace’s init', parent({}, { ...INIT, state: 'T' })],
  ])('SIGCONT is of use for %s', (_, facts) => {
    expect(foretell(facts, 'SIGCONT', numberOf('SIGCONT')).useless).toBe(false);
  });

  const facts = fc.record({
    state: fc.constantFrom('R', 'S', 'D', 'T', 't', 'Z'),
    nsPid: fc.constantFrom(1, 2),
    inAgentNamespace: fc.boolean(),
    signals: fc.record({
      blocked: fc.bigInt(0n, 2n ** 64n - 1n),
      ignored: fc.bigInt(0n, 2n ** 64n - 1n),
      caught: fc.bigInt(0n, 2n ** 64n - 1n),
    }),
  });
  const signal = fc.constantFrom(...Object.keys(constants.signals));

  test('SIGKILL is never useless, whatever the masks say, and every forecast has its reason', () => {
    fc.assert(
      fc.property(facts, signal, (some, name) => {
        const foretold = foretell(aParent(some), name, numberOf(name));
        expect(foretold.why).not.toBe('');
        expect(foretell(aParent(some), 'SIGKILL', 9).useless).toBe(false);
        if (foretold.useless) {
          expect(['ignored', 'no-effect']).toContain(foretold.effect);
        }
      }),
    );
  });

  test('only the init of a namespace ends a namespace', () => {
    fc.assert(
      fc.property(facts, signal, (some, name) => {
        const { effect } = foretell(aParent(some), name, numberOf(name));
        const isInit = !some.inAgentNamespace && some.nsPid === 1;
        expect(effect === 'ends-namespace' ? isInit : effect !== 'ends-parent' || !isInit).toBe(true);
      }),
    );
  });
});
