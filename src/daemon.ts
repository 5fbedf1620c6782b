import { constants, release } from 'node:os';
import {
  asapScheduler,
  audit,
  BehaviorSubject,
  catchError,
  debounceTime,
  EMPTY,
  filter,
  groupBy,
  ignoreElements,
  map,
  merge,
  mergeMap,
  type Observable,
  observeOn,
  type SchedulerLike,
  Subject,
  type Subscription,
  share,
  tap,
  timer,
} from 'rxjs';
import { ulid } from 'ulid';
import { processHolder } from './actor/held-process.js';
import type { AgentEvent } from './domain/agent-event.js';
import type { LossCause, Snapshot, SourceEvent } from './domain/event.js';
import type { IncidentEvent } from './domain/incident.js';
import { keyId } from './domain/process.js';
import type { Scope, Settings } from './domain/settings.js';
import type { Addon } from './native/addon.js';
import type { Output } from './outputs/output.js';
import type { Desk, HeldProcess } from './pipeline/desk.js';
import { StrikeBook } from './pipeline/incident.js';
import { superviseParent } from './pipeline/supervise-parent.js';
import { trackByParent } from './pipeline/track-by-parent.js';
import { Turnstile } from './pipeline/turnstile.js';
import { ZombieBook } from './pipeline/zombie-book.js';
import type { AgentFacts } from './policy/protect.js';
import { monotonicScheduler } from './source/clock.js';
import { agentFacts, identify, inspectParent, isParentExiting, openFilesLimit, sightZombie } from './source/proc.js';
import type { Source } from './source/source.js';

/** How many of a parent's oldest zombies are kept whole: enough to decide, to name some, and to lose some before a refill. */
const frontOf = (settings: Settings): number => Math.max(64, 4 * settings.minZombies);

/** The scope of a tree whose root has ended: no process has the number 0. */
const NOBODY: Scope = { kind: 'tree', pid: 0 };

/** Descriptors that are not for parents: libraries, the event loop, BPF objects (about 40), and what looks at /proc. */
const SPARE_DESCRIPTORS = 64;
/** Snapshots are at least this far apart, and 20 times as long as one takes. */
const SNAPSHOT_SPACING_MS = 50;
const SNAPSHOT_SHARE = 20;
const RETRY_MS = 1000;
const STRAGGLERS_MS = 5000;
/** So long after a burst of events its traces in memory are given back. */
const CALM_MS = 500;
const BURST_EVENTS = 100;
const isBurst = (events: readonly SourceEvent[]): boolean =>
  events.length >= BURST_EVENTS ||
  events.some((event) => event.type === 'snapshot' && event.zombies.length >= BURST_EVENTS);
/** Losses are summed up for this long before they are told. */
const LOSS_WINDOW_MS = 1000;

export interface DaemonParts {
  readonly addon: Addon;
  readonly source: Source;
  readonly settings: Settings;
  readonly version: string;
  readonly output: Output;
  /** What is missing for full service, told once. */
  readonly shortcomings: readonly string[];
}

export interface Daemon {
  /** Takes new settings over; what was spared is judged anew. */
  reload(settings: Settings): void;
  /** Detaches from the kernel at once; `reason` goes into the log. */
  stop(reason: string): void;
}

/**
 * The composition root: source → track by parent → hold for the threshold → judge → ladder → outputs. Returns when the
 * programs are attached and the first snapshot has been taken. Throws AddonError if that fails; nothing is left attached then.
 */
export function startDaemon({ addon, source, settings, version, output, shortcomings }: DaemonParts): Daemon {
  const scheduler: SchedulerLike = monotonicScheduler;
  const settings$ = new BehaviorSubject(settings);
  const told$ = new Subject<SourceEvent>();
  const snapshotWanted$ = new Subject<void>();
  const book = new ZombieBook(frontOf(settings));
  const openIncidents = new Set<string>();
  let shortageTold = false;
  let snapshotMs = 0;

  let scopeRoot: HeldProcess | undefined;
  let scopeRootGone = false;

  const degraded = (reason: string): void => output({ type: 'degraded', reason });

  const hold = processHolder(addon, openFilesLimit() - SPARE_DESCRIPTORS, (why) => {
    if (!shortageTold) {
      shortageTold = true;
      degraded(`no descriptor for one more parent (${why}): raise the limit of open files (LimitNOFILE=)`);
    }
  });
  /** The root of a tree is a process, not a number: when it has ended, nobody is in scope. */
  const followScope = ({ scope }: Settings): void => {
    scopeRoot?.close();
    const key = scope.kind === 'tree' ? identify(scope.pid) : undefined;
    scopeRoot = key === undefined ? undefined : hold(key);
    scopeRootGone = scope.kind === 'tree' && scopeRoot === undefined;
    scopeRoot?.exit$.subscribe(() => {
      scopeRootGone = true;
    });
  };
  followScope(settings);

  const desk: Desk = {
    hold,
    inspect: inspectParent,
    isExiting: isParentExiting,
    sight: ({ zombie }) => sightZombie(zombie),
    agent: agentFactsOf(scheduler),
    settings: () => (scopeRootGone ? { ...settings$.value, scope: NOBODY } : settings$.value),
    signalNumber: (name) => constants.signals[name as NodeJS.Signals],
    newIncidentId: ulid,
    tell: (event) => told$.next(event),
    wantSnapshot: () => snapshotWanted$.next(),
  };
  const court = {
    desk,
    turnstile: new Turnstile(() => settings$.value.budget, scheduler),
    strikes: new StrikeBook(),
    scheduler,
  };

  const takeSnapshot = (): Snapshot => {
    const startedMs = scheduler.now();
    const zombies = source.snapshot();
    snapshotMs = scheduler.now() - startedMs;
    return { type: 'snapshot', zombies };
  };
  const snapshots$ = snapshotWanted$.pipe(
    audit(() => timer(Math.max(SNAPSHOT_SPACING_MS, SNAPSHOT_SHARE * snapshotMs), scheduler)),
    mergeMap(() => {
      try {
        return [takeSnapshot()];
      } catch (error) {
        degraded(`snapshot failed, tried again in a second: ${(error as Error).message}`);
        return timer(RETRY_MS, scheduler).pipe(
          tap(() => snapshotWanted$.next()),
          ignoreElements(),
        );
      }
    }),
  );
  /** What was in the middle of its exit when the programs were attached has passed them by, and may not have been a zombie yet. */
  const stragglers$ = timer(settings.settleMs + STRAGGLERS_MS, scheduler).pipe(
    tap(() => snapshotWanted$.next()),
    ignoreElements(),
  );

  const events$ = merge(
    source.events$,
    merge(told$.pipe(observeOn(asapScheduler)), snapshots$).pipe(map((event) => [event])),
  ).pipe(share());

  const incidents$ = events$.pipe(
    trackByParent(book, scheduler),
    tap(({ snapshotWanted }) => {
      if (snapshotWanted !== undefined) {
        snapshotWanted$.next();
      }
    }),
    mergeMap(({ accounts }) => accounts),
    groupBy((account) => keyId(account.parent), {
      duration: (lane$) => lane$.pipe(filter(({ count }) => count === 0)),
    }),
    mergeMap((lane$) => {
      const [pid, startUs] = lane$.key.split(':').map(Number) as [number, number];
      return superviseParent({ pid, startUs }, lane$, settings$, court).pipe(
        catchError((error: Error) => {
          degraded(`parent ${pid} is not watched any more: ${error.stack ?? error.message}`);
          return EMPTY;
        }),
      );
    }),
    tap(({ type, incident }) => {
      // What waits for its turn or for a pause is spared, and open again with its next signal.
      if (type === 'offender' || type === 'signal') {
        openIncidents.add(incident);
      } else {
        openIncidents.delete(incident);
      }
    }),
  );

  /** Start-up and bursts touch many pages of the executable that the daemon then does without for hours. */
  const calm$ = events$.pipe(
    filter(isBurst),
    debounceTime(CALM_MS, scheduler),
    tap(() => addon.releaseFilePages()),
    ignoreElements(),
  );

  const all$: Observable<IncidentEvent | AgentEvent> = merge(
    incidents$,
    events$.pipe(losses(scheduler)),
    events$.pipe(records(settings$)),
    calm$,
    stragglers$,
  );
  const running: Subscription = all$.subscribe({
    next: output,
    error: (error: Error) => {
      throw error;
    },
  });
  let found: Snapshot;
  try {
    found = takeSnapshot();
    told$.next(found);
  } catch (error) {
    running.unsubscribe();
    throw error;
  }
  output({
    type: 'started',
    version,
    source: source.name,
    kernel: release(),
    settings,
    zombies: found.zombies.length,
    armedAfterMs: Math.round(process.uptime() * 1000),
  });
  shortcomings.forEach(degraded);

  return {
    reload: (next) => {
      source.setSettle(next.settleMs);
      book.resize(frontOf(next));
      followScope(next);
      settings$.next(next);
      snapshotWanted$.next();
    },
    stop: (reason) => {
      running.unsubscribe();
      scopeRoot?.close();
      source.close();
      output({ type: 'stopped', reason, openIncidents: openIncidents.size });
    },
  };
}

/** Who the agent's ancestors are costs a look at each of them, and hardly ever changes. */
const AGENT_FACTS_MS = 1000;

/** The facts of the agent itself, at most a second old. */
function agentFactsOf(scheduler: SchedulerLike): () => AgentFacts {
  let known = agentFacts();
  let readMs = scheduler.now();
  return () => {
    if (scheduler.now() - readMs > AGENT_FACTS_MS) {
      known = agentFacts();
      readMs = scheduler.now();
    }
    return known;
  };
}

/** Losses, summed up so that a storm of them is a line a second. */
const losses =
  (scheduler: SchedulerLike) =>
  (events$: Observable<readonly SourceEvent[]>): Observable<AgentEvent> => {
    const counts = new Map<LossCause, number>();
    return events$.pipe(
      mergeMap((events) => events.filter((event) => event.type === 'lost')),
      tap(({ cause, count }) => counts.set(cause, (counts.get(cause) ?? 0) + count)),
      audit(() => timer(LOSS_WINDOW_MS, scheduler)),
      mergeMap(() => {
        const lines = [...counts].map(([cause, count]) => ({ type: 'lost' as const, cause, count }));
        counts.clear();
        return lines;
      }),
    );
  };

/** Every zombie and reap as it comes, for the debug level. */
const records =
  (settings$: BehaviorSubject<Settings>) =>
  (events$: Observable<readonly SourceEvent[]>): Observable<AgentEvent> =>
    events$.pipe(
      filter(() => settings$.value.logLevel === 'debug'),
      mergeMap((events) => events.filter((event) => event.type === 'zombie' || event.type === 'reaped')),
    );
