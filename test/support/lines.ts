import type { Readable } from 'node:stream';

interface Waiter<T> {
  matches(item: T): boolean;
  resolve(item: T): void;
}

/** Everything that has been read so far, and promises for what has not come yet. */
export class LineLog<T> {
  readonly items: T[] = [];
  readonly ended: Promise<void>;
  readonly #waiters = new Set<Waiter<T>>();

  constructor(stream: Readable, parse: (line: Buffer) => T | undefined) {
    let rest = '';
    stream.setEncoding('latin1'); // bytes: whether they are UTF-8 is for the reader to judge
    // Not node:readline, which also splits at U+2028: a line of JSON may contain that.
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const item = parse(Buffer.from(line, 'latin1'));
        if (item !== undefined) this.#add(item);
      }
    });
    this.ended = new Promise((resolve) => stream.once('end', resolve));
  }

  /** The first item that matches, be it here already or still to come. */
  async first(what: string, matches: (item: T) => boolean, timeoutMs: number): Promise<T> {
    const known = this.items.find(matches);
    if (known !== undefined) return known;
    return new Promise((resolve, reject) => {
      const waiter: Waiter<T> = {
        matches,
        resolve: (item) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(item);
        },
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        const seen = this.items.slice(-20).map((item) => JSON.stringify(item));
        reject(new Error(`not within ${timeoutMs} ms: ${what}; last seen:\n${seen.join('\n')}`));
      }, timeoutMs);
      this.#waiters.add(waiter);
    });
  }

  #add(item: T): void {
    this.items.push(item);
    for (const waiter of [...this.#waiters]) if (waiter.matches(item)) waiter.resolve(item);
  }
}
