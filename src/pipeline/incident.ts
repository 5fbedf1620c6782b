import {
  concat,
  defer,
  EMPTY,
  filter,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  type SchedulerLike,
  take,
  takeUntil,
} from 'rxjs';
import type { IncidentEvent, Resolution, SignalOutcome, SpareReason } from '../domain/incident.js';
import type { ParentFacts } from '../domain/parent.js';
import { type BreakerState, NO_STRIKES, pausedUntil, strike } from '../policy/breaker.js';
import { causeOf } from '../policy/cause.js';
import { breakerKey, isOverdue, type Verdict } from '../policy/judge.js';
import { foretell } from '../policy/predict.js';
import type { Desk } from './desk.js';
import { type Lane, type Look, secondLook } from './second-look.js';
import { summarize } from './summary.js';
import type { Turnstile } from './turnstile.js';
import { untilDue } from './until-due.js';

/** Strikes of all containers and services: the one thing that incidents share besides the budget. */
export class StrikeBook {
  state: BreakerState = NO_STRIKES;
}

/** What an incident needs besides its lane. */
export interface Court {
  readonly desk: Desk;
  readonly turnstile: Turnstile;
  readonly strikes: StrikeBook;
  readonly scheduler: SchedulerLike;
}

type Spare = Extract<Verdict, { action: 'spare' }>;

/** What a wait ended with. */
type Waited = 'exited' | 'cleared' | 'time';

/** A parent that outlives the whole ladder is tried again after this many breaker pauses at most. */
const MAX_DOUBLINGS = 20;

/**
 * From an offender to its end: offender, signals, then resolved or spared. It completes when the parent may be judged anew: what is
 * spared for good keeps it open, silent, until its zombies are gone or the settings change. Completes at once, without a word, for a
 * parent that on a second look is no offender.
 */
export function incident(lane: Lane, { desk, turnstile, strikes, scheduler }: Court): Observable<IncidentEvent> {
  return defer(() => {
    const now = (): number => scheduler.now();
    let account = lane.latest();
    let facts: ParentFacts;
    /** A real signal has gone out. */
    let sent = false;
    /** The breaker knows of this target. */
    let struck = false;
    /** Since when a parent that was held back has been seen able to reap. */
    let ableSinceMs: number | undefined;
    let openedMs = 0;
    let id = '';

    const look = (): Look => {
      if (lane.latest().count > 0) {
        account = lane.latest();
      }
      const seen = secondLook(lane, desk, now());
      if (!seen.gone) {
        facts = seen.facts;
      }
      return seen;
    };

    const base = () => ({ incident: id, parent: facts, zombies: summarize(account, now()), cause: causeOf(facts) });
    const resolved = (how: Resolution): Observable<IncidentEvent> =>
      of({ type: 'resolved', how, afterMs: Math.round(now() - openedMs), ...base() });
    const spared = (reason: SpareReason, detail: string): Observable<IncidentEvent> =>
      of({ type: 'spared', reason, detail, ...base() });
    const signalled = (
      rung: number,
      signal: string,
      outcome: SignalOutcome,
      dryRun: boolean,
      reason: string,
    ): Observable<IncidentEvent> => of({ type: 'signal', rung, signal, outcome, dryRun, reason, ...base() });

    /** Nothing of the account is over the threshold any more. */
    const cleared$ = lane.account$.pipe(
      filter(({ oldest, parentExited }) => {
        const { thresholdMs, minZombies } = desk.settings();
        const deciding = oldest[minZombies - 1];
        return !parentExited && (deciding === undefined || !isOverdue(deciding, thresholdMs, now()));
      }),
    );
    const exited$ = merge(lane.held.exit$, lane.account$.pipe(filter((change) => change.parentExited)));
    const over$ = merge(cleared$, exited$, lane.reload$);

    const ended = (how: 'exited' | 'cleared'): Observable<IncidentEvent> => {
      if (how === 'cleared') {
        return sent
          ? resolved('parent-reaped')
          : spared('recovered', 'its zombies were reaped before it was signalled');
      }
      if (sent) {
        return resolved('parent-exited');
      }
      const left = account.oldest.some((standing) => desk.sight(standing) === 'moved');
      return left ? resolved('reparented') : spared('gone', 'it exited before it was signalled');
    };

    /** Waits for an effect. Zombies that go because their parent is going count for the parent's exit. */
    const effect = (waitMs: number): Observable<Waited> => {
      const dueMs = now() + waitMs;
      const first$ = (...kinds: Observable<Waited>[]) => merge(...kinds).pipe(take(1));
      const exit$ = exited$.pipe(map((): Waited => 'exited'));
      const time$ = untilDue(dueMs, scheduler).pipe(map((): Waited => 'time'));
      return first$(exit$, cleared$.pipe(map((): Waited => 'cleared')), time$).pipe(
        mergeMap((what) => (what === 'cleared' && desk.isExiting(account.parent) ? first$(exit$, time$) : of(what))),
      );
    };

    /** Silent until the parent may be judged anew. */
    const hush = (): Observable<never> =>
      lane.account$.pipe(
        takeUntil(over$),
        filter((): boolean => false),
      ) as Observable<never>;

    /** Silent for a while, then judged again, unless it is over by then. */
    const later = (dueMs: number, next: () => Observable<IncidentEvent>): Observable<IncidentEvent> =>
      untilDue(dueMs, scheduler).pipe(takeUntil(over$), mergeMap(next));

    /** Before every rung: the same parent, still its zombies, still over the threshold, not protected. */
    const climb = (rung: number, tries: number): Observable<IncidentEvent> =>
      defer(() => {
        const seen = look();
        if (seen.gone) {
          return ended('exited');
        }
        if (seen.verdict.action === 'leave') {
          return seen.owes ? spared('rule', 'it is out of scope or under the threshold by now') : ended('cleared');
        }
        if (seen.verdict.action === 'spare') {
          return spare(seen.verdict, tries, 0);
        }
        const { ladder, dryRun } = desk.settings();
        const step = ladder[rung];
        if (step === undefined) {
          return exhausted(dryRun, tries);
        }
        const number = desk.signalNumber(step.signal);
        const foretold = foretell(seen.facts, step.signal, number);
        if (foretold.useless) {
          return concat(signalled(rung + 1, step.signal, 'skipped', dryRun, foretold.why), climb(rung + 1, tries));
        }
        const failure = dryRun ? undefined : lane.held.signal(number);
        if (failure !== undefined) {
          return failure === 'ESRCH'
            ? concat(signalled(rung + 1, step.signal, 'gone', dryRun, 'it exited before the signal'), ended('exited'))
            : concat(signalled(rung + 1, step.signal, 'failed', dryRun, failure), climb(rung + 1, tries));
        }
        sent ||= !dryRun;
        noteStrike();
        const wait$ = dryRun && rung === ladder.length - 1 ? of('time' as const) : effect(step.waitMs);
        return concat(
          signalled(rung + 1, step.signal, dryRun ? 'dry-run' : 'sent', dryRun, foretold.why),
          wait$.pipe(mergeMap((what) => (what === 'time' ? climb(rung + 1, tries) : ended(what)))),
        );
      });

    const noteStrike = (): void => {
      const key = breakerKey(facts, desk.agent());
      if (key !== undefined && !struck) {
        strikes.state = strike(strikes.state, key, desk.settings().breaker, now());
      }
      struck = true;
    };

    const exhausted = (dryRun: boolean, tries: number): Observable<IncidentEvent> => {
      if (dryRun) {
        return concat(spared('dry-run', 'nothing was sent'), hush());
      }
      const { pauseMs, maxPauseMs } = desk.settings().breaker;
      const pause = Math.min(maxPauseMs, pauseMs * 2 ** Math.min(tries, MAX_DOUBLINGS));
      const state = facts.state === 'D' ? ' (it is in uninterruptible sleep)' : '';
      const what = sent ? `it outlived the whole ladder${state}` : 'no rung of the ladder could be sent';
      return concat(
        spared('breaker', `${what}: tried again in ${Math.round(pause / 1000)} s`),
        later(now() + pause, () => again(tries + 1)),
      );
    };

    /** What becomes of a repeat offender; undefined for all others. */
    const backedOff = (tries: number): Observable<IncidentEvent> | undefined => {
      const key = breakerKey(facts, desk.agent());
      const paused = key === undefined ? undefined : pausedUntil(strikes.state, key, now());
      if (key === undefined || paused === undefined) {
        return undefined;
      }
      const detail = `repeat offender: ${key} is left alone for ${Math.round((paused - now()) / 1000)} s`;
      return concat(
        spared('breaker', detail),
        later(paused, () => again(tries)),
      );
    };

    /** The breaker, then the budget, then the ladder. */
    const act = (tries: number): Observable<IncidentEvent> => {
      const back$ = backedOff(tries);
      if (back$ !== undefined) {
        return back$;
      }
      const oldestMs = account.oldest[0]?.sinceMs ?? now();
      const climb$ = turnstile.admit(oldestMs);
      if (!turnstile.full) {
        return climb$.pipe(mergeMap(() => climb(0, tries)));
      }
      const turn$ = climb$.pipe(
        takeUntil(over$),
        mergeMap(() => backedOff(tries) ?? climb(0, tries)),
      );
      return concat(spared('budget', 'the budget of this minute is spent: it waits its turn'), turn$);
    };

    /** `tries`: how often the ladder has been in vain; `traced`: how often it has been found held back by somebody. */
    const again = (tries: number, traced = 0): Observable<IncidentEvent> =>
      defer(() => {
        const seen = look();
        return seen.gone || seen.verdict.action === 'leave' ? EMPTY : sentence(seen.verdict, tries, traced);
      });

    const sentence = (verdict: Verdict, tries: number, traced: number): Observable<IncidentEvent> => {
      if (verdict.action === 'spare') {
        return spare(verdict, tries, traced);
      }
      const justAble = verdict.action === 'act' && verdict.justAble;
      if (traced === 0 && !justAble) {
        return act(tries);
      }
      const first = ableSinceMs === undefined && traced === 0;
      ableSinceMs ??= now();
      const dueMs = ableSinceMs + desk.settings().thresholdMs;
      if (now() >= dueMs) {
        return act(tries);
      }
      return concat(
        first ? spared('tracer', 'a tracer has let go of its zombies: its patience begins now') : EMPTY,
        later(dueMs, () => again(tries, traced)),
      );
    };

    /** Who holds it back is told of once. It may be let go without an event that tells of it: looked at again, ever more rarely. */
    const spare = ({ reason, detail, heldBack }: Spare, tries: number, traced: number): Observable<IncidentEvent> => {
      if (!heldBack) {
        return concat(spared(reason, detail), hush());
      }
      ableSinceMs = undefined;
      const pauseMs = desk.settings().thresholdMs * 2 ** Math.min(traced, MAX_DOUBLINGS);
      return concat(
        traced === 0 ? spared(reason, detail) : EMPTY,
        later(now() + pauseMs, () => again(tries, traced + 1)),
      );
    };

    const seen = look();
    if (seen.gone || seen.verdict.action === 'leave') {
      return EMPTY;
    }
    id = desk.newIncidentId();
    openedMs = now();
    const foretold = desk.settings().ladder.map(({ signal }) => {
      const { effect: what, why } = foretell(seen.facts, signal, desk.signalNumber(signal));
      return `${signal}: ${what} (${why})`;
    });
    return concat(of<IncidentEvent>({ type: 'offender', foretold, ...base() }), sentence(seen.verdict, 0, 0));
  });
}
