import { asyncScheduler, Observable, type SchedulerLike, type Subscription } from 'rxjs';
import type { Budget } from '../domain/settings.js';

interface Waiting {
  readonly oldestMs: number;
  readonly admit: () => void;
}

/**
 * Lets at most `budget.count` pass in any window of `budget.perMs`. Who has to wait stands in a queue, longest-standing zombie
 * first, and leaves it by unsubscribing. One timer in all.
 */
export class Turnstile {
  readonly #budget: () => Budget;
  readonly #scheduler: SchedulerLike;
  readonly #waiting = new Set<Waiting>();
  #passed: number[] = [];
  #timer: Subscription | undefined;

  /** `budget` is asked each time: a reload changes it. */
  constructor(budget: () => Budget, scheduler: SchedulerLike = asyncScheduler) {
    this.#budget = budget;
    this.#scheduler = scheduler;
  }

  /** Whether whoever comes now would have to wait. */
  get full(): boolean {
    return this.#freeAt() > this.#scheduler.now() || this.#waiting.size > 0;
  }

  /** Emits once and completes when it is this one's turn; `oldestMs` is since when its oldest zombie stands. */
  admit(oldestMs: number): Observable<void> {
    return new Observable((subscriber) => {
      const waiting: Waiting = {
        oldestMs,
        admit: () => {
          subscriber.next();
          subscriber.complete();
        },
      };
      this.#waiting.add(waiting);
      this.#turn();
      return () => {
        this.#waiting.delete(waiting);
        if (this.#waiting.size === 0) {
          this.#timer?.unsubscribe();
          this.#timer = undefined;
        }
      };
    });
  }

  /** When the next one may pass. */
  #freeAt(): number {
    const { count, perMs } = this.#budget();
    const now = this.#scheduler.now();
    this.#passed = this.#passed.filter((at) => at > now - perMs);
    const blocking = this.#passed[this.#passed.length - count];
    return blocking === undefined ? now : blocking + perMs;
  }

  #turn(): void {
    while (this.#waiting.size > 0 && this.#freeAt() <= this.#scheduler.now()) {
      const first = [...this.#waiting].reduce((oldest, waiting) =>
        waiting.oldestMs < oldest.oldestMs ? waiting : oldest,
      );
      this.#waiting.delete(first);
      this.#passed.push(this.#scheduler.now());
      first.admit();
    }
    this.#timer?.unsubscribe();
    this.#timer = undefined;
    if (this.#waiting.size > 0) {
      const delay = Math.max(1, Math.ceil(this.#freeAt() - this.#scheduler.now()));
      this.#timer = this.#scheduler.schedule(() => this.#turn(), delay);
    }
  }
}
