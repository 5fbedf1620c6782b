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
import type { Account, IncidentEvent, Resolution, SignalOutcome, SpareReason } from '../domain/incident.js';
import type { ParentFacts } from '../domain/parent.js';
import { type BreakerState, NO_STRIKES, pausedUntil, strike } from '../policy/breaker.js';
import { causeOf } from '../policy/cause.js';
import { breakerKey, gather, isOverdue, judge, type Verdict } from '../policy/judge.js';
import { foretell } from '../policy/predict.js';
import type { Desk, HeldProcess } from './desk.js';
import { summarize } from './summary.js';
import type { Turnstile } from './turnstile.js';
import { untilDue } from './until-due.js';

/** Strikes of all containers and services: the one thing that incidents share besides the budget. */
export class StrikeBook {
  state: BreakerState = NO_STRIKES;
}

/** One parent's lane: what its incidents see and act through. */
export interface Lane {
  readonly account$: Observable<Account>;
  /** The account as it is now. */
  latest(): Account;
  readonly held: HeldProcess;
  /** Emits when the settings have changed: what was spared is judged anew. */
  readonly reload$: Observable<unknown>;
}

/** What an incident needs besides its lane. */
export interface Court {
  readonly desk: Desk;
  readonly turnstile: Turnstile;
  readonly strikes: StrikeBook;
  readonly scheduler: SchedulerLike;
}

/** A parent that has been looked at: gone, or with a verdict. */
type Look = { readonly gone: true } | { readonly gone: false; readonly facts: ParentFacts; readonly verdict: Verdict };

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
    let sent = false;
    let openedMs = 0;
    let id = '';

    /** Everything is looked at again, right now; what is found out on the way is told to the pipeline. */
    const look = (): Look => {
      const { thresholdMs, minZombies, scope } = desk.settings();
      const latest = lane.latest();
      if (latest.count > 0) {
        account = latest;
      }
      const found = desk.inspect(latest.parent);
      if (found === undefined) {
        desk.tell({ type: 'parent-exited', parent: latest.parent });
        return { gone: true };
      }
      const overdue = latest.oldest.filter((standing) => isOverdue(standing, thresholdMs, now()));
      const evidence = gather(overdue, minZombies, desk.sight);
      for (const { zombie } of evidence.gone) {
        desk.tell({ type: 'reaped', id: zombie.id });
      }
      if (evidence.moved > 0) {
        desk.wantSnapshot();
      }
      facts = found;
      return { gone: false, facts: found, verdict: judge(found, evidence, desk.agent(), { scope, minZombies }) };
    };

    const base = () => ({ incident: id, parent: facts, zombies: summarize(account, now()), cause: causeOf(facts) });
    const resolved = (how: Resolution): Observable<IncidentEvent> =>
      of({ type: 'resolved', how, afterMs: Math.round(now() - openedMs), ...base() });
    const spared = (reason: SpareReason, detail: string): Observable<IncidentEvent> =>
      of({ type: 'spared', reason, detail, ...base() });
    const signalled = (rung: number, signal: string, outcome: SignalOutcome, dryRun: boolean, reason: string): Observable<IncidentEvent> =>
      of({ type: 'signal', rung, signal, outcome, dryRun, reason, ...base() });

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
        return sent ? resolved('parent-reaped') : spared('recovered', 'its zombies were reaped before it was signalled');
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
    const hush = (): Observable<never> => lane.account$.pipe(takeUntil(over$), filter((): boolean => false)) as Observable<never>;

    /** Silent for a while, then judged again, unless it is over by then. */
    const later = (dueMs: number, tries: number): Observable<IncidentEvent> =>
      untilDue(dueMs, scheduler).pipe(
        takeUntil(over$),
        mergeMap(() => again(tries)),
      );

    /** Before every rung: the same parent, still its zombies, still over the threshold, not protected. */
    const climb = (rung: number, tries: number): Observable<IncidentEvent> =>
      defer(() => {
        const seen = look();
        if (seen.gone) {
          return ended('exited');
        }
        if (seen.verdict.action === 'leave') {
          return ended('cleared');
        }
        if (seen.verdict.action === 'spare') {
          return concat(spared(seen.verdict.reason, seen.verdict.detail), hush());
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
        if (!sent) {
          sent = true;
          noteStrike();
        }
        const failure = dryRun ? undefined : lane.held.signal(number);
        if (failure !== undefined) {
          return failure === 'ESRCH'
            ? concat(signalled(rung + 1, step.signal, 'gone', dryRun, 'it exited before the signal'), ended('exited'))
            : concat(signalled(rung + 1, step.signal, 'failed', dryRun, failure), climb(rung + 1, tries));
        }
        const wait$ = dryRun && rung === ladder.length - 1 ? of('time' as const) : effect(step.waitMs);
        return concat(
          signalled(rung + 1, step.signal, dryRun ? 'dry-run' : 'sent', dryRun, foretold.why),
          wait$.pipe(mergeMap((what) => (what === 'time' ? climb(rung + 1, tries) : ended(what)))),
        );
      });

    const noteStrike = (): void => {
      const key = breakerKey(facts, desk.agent());
      if (key !== undefined) {
        strikes.state = strike(strikes.state, key, desk.settings().breaker, now());
      }
    };

    const exhausted = (dryRun: boolean, tries: number): Observable<IncidentEvent> => {
      if (dryRun) {
        return concat(spared('dry-run', 'nothing was sent'), hush());
      }
      const { pauseMs, maxPauseMs } = desk.settings().breaker;
      const pause = Math.min(maxPauseMs, pauseMs * 2 ** Math.min(tries, MAX_DOUBLINGS));
      const state = facts.state === 'D' ? ' (it is in uninterruptible sleep)' : '';
      return concat(
        spared('breaker', `it outlived the whole ladder${state}: tried again in ${Math.round(pause / 1000)} s`),
        later(now() + pause, tries + 1),
      );
    };

    /** The breaker, then the budget, then the ladder. */
    const act = (tries: number): Observable<IncidentEvent> => {
      const key = breakerKey(facts, desk.agent());
      const paused = key === undefined ? undefined : pausedUntil(strikes.state, key, now());
      if (paused !== undefined) {
        const detail = `repeat offender: ${key} is left alone for ${Math.round((paused - now()) / 1000)} s`;
        return concat(spared('breaker', detail), later(paused, tries));
      }
      const oldestMs = account.oldest[0]?.sinceMs ?? now();
      const climb$ = turnstile.admit(oldestMs);
      if (!turnstile.full) {
        return climb$.pipe(mergeMap(() => climb(0, tries)));
      }
      const turn$ = climb$.pipe(takeUntil(over$), mergeMap(() => climb(0, tries)));
      return concat(spared('budget', 'the budget of this minute is spent: it waits its turn'), turn$);
    };

    const again = (tries: number): Observable<IncidentEvent> =>
      defer(() => {
        const seen = look();
        if (seen.gone || seen.verdict.action === 'leave') {
          return EMPTY;
        }
        return sentence(seen.verdict, tries);
      });

    const sentence = (verdict: Verdict, tries: number): Observable<IncidentEvent> => {
      if (verdict.action !== 'spare') {
        return act(tries);
      }
      const said = tries === 0 ? spared(verdict.reason, verdict.detail) : EMPTY;
      const { thresholdMs } = desk.settings();
      // A tracer may let go without an event that tells of it: looked at again, ever more rarely.
      return concat(said, verdict.reason === 'tracer' ? later(now() + thresholdMs * 2 ** Math.min(tries, MAX_DOUBLINGS), tries + 1) : hush());
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
    return concat(of<IncidentEvent>({ type: 'offender', foretold, ...base() }), sentence(seen.verdict, 0));
  });
}
