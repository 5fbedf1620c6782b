import { constants } from 'node:os';
import {
  BehaviorSubject,
  type Observable,
  ReplaySubject,
  Subject,
  type Subscription,
  skip,
  VirtualTimeScheduler,
} from 'rxjs';
import type { SourceEvent } from '../../src/domain/event.ts';
import type { Account, IncidentEvent, Standing } from '../../src/domain/incident.ts';
import type { ParentFacts, Sighting } from '../../src/domain/parent.ts';
import type { ProcessKey } from '../../src/domain/process.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type { Desk, HeldProcess } from '../../src/pipeline/desk.ts';
import { type Court, incident, StrikeBook } from '../../src/pipeline/incident.ts';
import { superviseParent } from '../../src/pipeline/supervise-parent.ts';
import { Turnstile } from '../../src/pipeline/turnstile.ts';
import { anAccount, anAgent, aParent, aStanding, PARENT, someSettings } from './builders.ts';

const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** What is shared by the lanes of a node: the time, the settings, the budget, the strikes. */
export class World {
  readonly scheduler = new VirtualTimeScheduler(undefined, Number.POSITIVE_INFINITY);
  readonly strikes = new StrikeBook();
  readonly turnstile: Turnstile;
  readonly settings$: BehaviorSubject<Settings>;
  #incidents = 0;

  constructor(settings: Partial<Settings> = {}) {
    this.settings$ = new BehaviorSubject(someSettings(settings));
    this.turnstile = new Turnstile(() => this.settings$.value.budget, this.scheduler);
  }

  /** Things that happen at a time of their own. */
  at(ms: number, happens: () => void): this {
    this.scheduler.schedule(happens, ms - this.scheduler.now());
    return this;
  }

  reload(settings: Partial<Settings>): void {
    this.settings$.next({ ...this.settings$.value, ...settings });
  }

  /** Lets the time run until `ms`; to the end of all timers where none is given. */
  run(ms = Number.POSITIVE_INFINITY): void {
    if (Number.isFinite(ms)) {
      this.at(ms, () => undefined);
    }
    this.scheduler.maxFrames = ms;
    this.scheduler.flush();
  }

  nextId(): string {
    this.#incidents++;
    return `incident-${this.#incidents}`;
  }
}

/** A parent with one zombie that has stood for the whole threshold, and everything that its lane sees and does. */
export class FakeLane {
  readonly key: ProcessKey;
  facts: ParentFacts | undefined;
  /** What a second look at a zombie shows, by id; standing where nothing is said. */
  readonly sightings = new Map<number, Sighting>();
  exiting = false;
  /** What a signal fails with. */
  failure: string | undefined;
  /** No descriptor for it: its exit is not told. */
  unwatched = false;
  /** The parent cannot be opened: it is gone. */
  unholdable = false;
  agent = anAgent();

  /** `<ms> <what>` in order of time, as short as the log is long. */
  readonly timeline: string[] = [];
  readonly events: IncidentEvent[] = [];
  /** `<ms> <signal>` for each signal that the parent really got. */
  readonly signals: string[] = [];
  readonly told: SourceEvent[] = [];
  snapshotsWanted = 0;
  looks = 0;
  closed = 0;
  subscription: Subscription | undefined;

  readonly exit$ = new ReplaySubject<void>(1);
  readonly account$ = new Subject<Account>();
  readonly #world: World;
  #latest: Account;

  constructor(world: World, facts: Partial<ParentFacts> = {}, oldest: readonly Standing[] = [aStanding(1, -60_000)]) {
    this.#world = world;
    this.key = facts.key ?? PARENT;
    this.facts = aParent(facts);
    this.#latest = { ...anAccount(...oldest), parent: this.key };
  }

  get now(): number {
    return this.#world.scheduler.now();
  }

  /** The parent's zombies are now these, or none. */
  stand(...oldest: readonly Standing[]): void {
    this.#account({ oldest, count: oldest.length });
    if (oldest.length === 0) {
      this.account$.complete();
    }
  }

  /** The parent is gone; its lane ends with it, as the book would tell a moment later. */
  exit(): void {
    this.facts = undefined;
    this.exiting = true;
    this.exit$.next();
    this.exit$.complete();
  }

  /** The book tells that the parent is gone. */
  orphan(): void {
    this.facts = undefined;
    this.#account({ oldest: [], count: 0, parentExited: true });
    this.account$.complete();
  }

  /** Runs one incident, from now on. */
  incident(): this {
    const lane = {
      account$: this.account$,
      latest: () => this.#latest,
      held: this.#held(),
      reload$: this.#world.settings$.pipe(skip(1)),
    };
    return this.#watch(incident(lane, this.#court()));
  }

  /** Runs the parent's whole lane, from now on. */
  supervise(accounts$: Observable<Account> = this.account$): this {
    return this.#watch(superviseParent(this.key, accounts$, this.#world.settings$, this.#court()));
  }

  #account(account: Partial<Account>): void {
    this.#latest = { parent: this.key, count: 0, oldest: [], parentExited: false, ...account };
    this.account$.next(this.#latest);
  }

  #court(): Court {
    const { scheduler, strikes, turnstile } = this.#world;
    return { desk: this.#desk(), scheduler, strikes, turnstile };
  }

  #held(): HeldProcess {
    return {
      watched: !this.unwatched,
      exit$: this.exit$,
      signal: (number) => {
        if (this.failure === undefined) {
          this.signals.push(`${this.now} ${SIGNAL_NAMES.get(number)}`);
        }
        return this.failure;
      },
      close: () => {
        this.closed++;
      },
    };
  }

  #desk(): Desk {
    return {
      hold: () => (this.unholdable ? undefined : this.#held()),
      inspect: () => {
        this.looks++;
        return this.facts;
      },
      isExiting: () => this.exiting,
      sight: ({ zombie }) => this.sightings.get(zombie.id) ?? 'standing',
      agent: () => this.agent,
      settings: () => this.#world.settings$.value,
      signalNumber: (name) => constants.signals[name as NodeJS.Signals],
      newIncidentId: () => this.#world.nextId(),
      tell: (event) => this.told.push(event),
      wantSnapshot: () => {
        this.snapshotsWanted++;
      },
    };
  }

  #watch(events$: Observable<IncidentEvent>): this {
    this.subscription = events$.subscribe({
      next: (event) => {
        this.events.push(event);
        this.timeline.push(`${this.now} ${inShort(event)}`);
      },
      error: (error: Error) => this.timeline.push(`${this.now} error ${error.message}`),
      complete: () => this.timeline.push(`${this.now} end`),
    });
    return this;
  }
}

function inShort(event: IncidentEvent): string {
  switch (event.type) {
    case 'offender':
      return 'offender';
    case 'signal':
      return `${event.signal} ${event.outcome}`;
    case 'resolved':
      return event.how;
    case 'spared':
      return `spared ${event.reason}`;
  }
}
