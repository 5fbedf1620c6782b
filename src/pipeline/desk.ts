import type { Observable } from 'rxjs';
import type { SourceEvent } from '../domain/event.js';
import type { Standing } from '../domain/incident.js';
import type { ParentFacts, Sighting } from '../domain/parent.js';
import type { ProcessKey } from '../domain/process.js';
import type { Settings } from '../domain/settings.js';
import type { AgentFacts } from '../policy/protect.js';

/** A parent held by its pidfd for as long as it has zombies. */
export interface HeldProcess {
  /** Emits once when the whole process has exited, also for who subscribes later. Never if the process could not be held. */
  readonly exit$: Observable<void>;
  /** False if the process could not be held: then nobody tells of its exit. */
  readonly watched: boolean;
  /** Sends a signal by number; the errno's name if it was not sent, ESRCH if the process is gone. */
  signal(number: number): string | undefined;
  close(): void;
}

/** Every effect that the pipeline needs, so that it has none of its own. All calls are synchronous and quick. */
export interface Desk {
  /** Opens a process for keeps: undefined if it is gone, or another one by now. */
  hold(parent: ProcessKey): HeldProcess | undefined;
  /** What is known of a parent at this moment; undefined if it is gone, or another one by now. */
  inspect(parent: ProcessKey): ParentFacts | undefined;
  /** Whether a parent is dead or dying and will not wait for a child any more. */
  isExiting(parent: ProcessKey): boolean;
  /** Looks at a zombie again. */
  sight(standing: Standing): Sighting;
  agent(): AgentFacts;
  settings(): Settings;
  signalNumber(name: string): number;
  newIncidentId(): string;
  /** Tells the pipeline's own input what came to light; takes effect after the current event. */
  tell(event: SourceEvent): void;
  /** Asks for a snapshot, soon. */
  wantSnapshot(): void;
}
