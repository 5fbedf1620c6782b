import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const REAPD = fileURLToPath(new URL('../bin/reapd', import.meta.url));

/** What the benchmarks read of a line of the log. */
export interface LogLine {
  readonly event: string;
  readonly outcome?: string;
  readonly signal?: string;
  readonly zombies?: { readonly oldestMs: number };
}

/** A daemon of our own, which judges nothing but what this process has started. */
export interface Daemon {
  readonly pid: number;
  /** From before the fork until its `started` line was read. */
  readonly startMs: number;
  readonly lines: readonly LogLine[];
  stop(): Promise<void>;
}

/** Returns when the daemon is armed. With the default threshold it signals nobody while a benchmark lasts. */
export async function startDaemon({ threshold = '1h', args = [] as readonly string[] } = {}): Promise<Daemon> {
  const options = ['--threshold', threshold, '--settle', '200ms', '--scope', `tree:${process.pid}`, ...args];
  const before = performance.now();
  const child = spawn(REAPD, ['run', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: LogLine[] = [];
  const log = createInterface(child.stdout);
  const exit = once(child, 'exit');
  const started = new Promise<void>((resolve) => {
    log.on('line', (line) => {
      lines.push(JSON.parse(line) as LogLine);
      if (lines.length === 1) {
        resolve();
      }
    });
  });
  await Promise.race([
    started,
    exit.then(() => {
      throw new Error('the daemon ended at once');
    }),
  ]);
  return {
    pid: child.pid as number, // the launcher becomes the daemon
    startMs: performance.now() - before,
    lines,
    stop: async () => {
      child.kill('SIGTERM');
      const guard = setTimeout(() => child.kill('SIGKILL'), 5000);
      await exit;
      clearTimeout(guard);
    },
  };
}

/** Time for what follows a start: compiler threads, pages given back. */
export const settleDown = (): Promise<void> => sleep(1500);
