import type { Observable } from 'rxjs';
import type { SourceEvent } from '../domain/event.js';
import type { Zombie } from '../domain/zombie.js';

/** An event source: everything after it knows only records. */
export interface Source {
  readonly name: 'ebpf' | 'netlink';
  /** Batches as they come. Starts the source when subscribed to, stops it when unsubscribed; one subscriber. */
  readonly events$: Observable<readonly SourceEvent[]>;
  /** Every zombie of the agent's pid namespace, in one pass. Throws if the kernel does not give it. */
  snapshot(): Zombie[];
  /** Changes the settle time while it runs. */
  setSettle(settleMs: number): void;
  close(): void;
}
