import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { type LogLine, parseLogLine } from './contract.ts';
import { LineLog } from './lines.ts';
import { reapdPath } from './paths.ts';
import { eventually, findByExecutable } from './proc.ts';

export interface DaemonOptions {
  /** What may be judged: always the test's own tree or cgroup, because other zombies on the machine are not ours. */
  readonly scope: string;
  /** null: not given on the command line. */
  readonly threshold?: string | null;
  readonly settle?: string | null;
  readonly args?: readonly string[];
  /** A command that runs the daemon, such as `nsenter …`. */
  readonly via?: readonly string[];
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export const thresholdMs = 1_000;
export const detectionMs = 300;

function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME };
}

/** Runs reapd to its end, for everything that does not start. */
export async function runReapd(args: readonly string[], via: readonly string[] = []) {
  const [command, ...rest] = [...via, reapdPath, ...args];
  const child = spawn(command as string, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: cleanEnvironment() });
  const guard = setTimeout(() => child.kill('SIGKILL'), 10_000);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  clearTimeout(guard);
  return { code: child.exitCode, stdout, stderr };
}

/** A running `reapd run`, its log as it comes, and the promise that it leaves in good order. */
export class Daemon {
  readonly #process: ChildProcess;
  readonly #log: LineLog<LogLine>;
  readonly #exit: Promise<Exit>;
  readonly #stderr: Promise<string>;
  readonly #broken: Error[] = [];
  #pid = 0;
  #finished = false;

  private constructor(child: ChildProcess) {
    this.#process = child;
    if (child.stdout === null || child.stderr === null) throw new Error('reapd without pipes');
    this.#stderr = text(child.stderr);
    this.#log = new LineLog(child.stdout, (line) => this.#parse(line));
    this.#exit = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  }

  /** Returns when the daemon says that it has started. */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const { threshold = `${thresholdMs}ms`, settle = '200ms', args = [], via = [] } = options;
    const [command, ...rest] = [...via, reapdPath, 'run', '--scope', options.scope];
    if (threshold !== null) rest.push('--threshold', threshold);
    if (settle !== null) rest.push('--settle', settle);
    const child = spawn(command as string, [...rest, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: cleanEnvironment(),
    });
    const daemon = new Daemon(child);
    try {
      const ended = daemon.#exit.then(async (exit) => {
        throw new Error(`reapd ended at once: ${JSON.stringify(exit)}\n${await daemon.#stderr}`);
      });
      await Promise.race([daemon.event('started', () => true), ended]);
      daemon.#pid = await eventually('the daemon process', () => findByExecutable(child.pid as number, 'node'));
    } catch (error) {
      await daemon.kill();
      throw error;
    }
    return daemon;
  }

  get pid(): number {
    return this.#pid;
  }

  get lines(): readonly LogLine[] {
    return this.#log.items;
  }

  /** The first line of that event that matches, past or to come. */
  async event(event: string, matches: (line: LogLine) => boolean, timeoutMs = 10_000): Promise<LogLine> {
    return this.#log.first(`log event '${event}'`, (line) => line.event === event && matches(line), timeoutMs);
  }

  /** The line that says that this signal was sent to this parent. */
  async sent(pid: number, signal: string, timeoutMs?: number): Promise<LogLine> {
    const matches = (line: LogLine) => line.parent?.pid === pid && line.signal === signal && line.outcome === 'sent';
    return this.event('signal', matches, timeoutMs);
  }

  async resolved(pid: number): Promise<LogLine> {
    return this.event('resolved', (line) => line.parent?.pid === pid);
  }

  async spared(pid: number, reason: string): Promise<LogLine> {
    return this.event('spared', (line) => line.parent?.pid === pid && line.reason === reason);
  }

  /** Every signal that was really sent, as `SIGTERM 4242`. */
  sentSignals(): string[] {
    const sent = this.lines.filter((line) => line.event === 'signal' && line.outcome === 'sent');
    return sent.map((line) => `${line.signal} ${line.parent?.pid}`);
  }

  linesAbout(pid: number): LogLine[] {
    return this.lines.filter((line) => line.parent?.pid === pid);
  }

  hangUp(): void {
    process.kill(this.#pid, 'SIGHUP');
  }

  /** As a crash or the OOM killer would. */
  async kill(): Promise<void> {
    this.#finished = true;
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      process.kill(this.#pid || (this.#process.pid as number), 'SIGKILL');
    }
    await this.#exit;
  }

  /** Stops it as a service manager would, and insists on a clean end. */
  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    const running = this.#process.exitCode === null && this.#process.signalCode === null;
    if (running) process.kill(this.#pid, signal);
    const guard = setTimeout(() => this.#process.kill('SIGKILL'), 5_000);
    const exit = await this.#exit;
    clearTimeout(guard);
    await this.#log.ended;
    const stderr = await this.#stderr;
    if (this.#broken[0] !== undefined) throw this.#broken[0];
    if (exit.code !== 0) throw new Error(`reapd did not stop cleanly: ${JSON.stringify(exit)}\n${stderr}`);
    if (stderr !== '') throw new Error(`reapd wrote to stderr:\n${stderr}`);
    if (this.lines.at(-1)?.event !== 'stopped') throw new Error('the last line of the log is not `stopped`');
  }

  #parse(line: Buffer): LogLine | undefined {
    try {
      return parseLogLine(new TextDecoder('utf-8', { fatal: true }).decode(line));
    } catch (error) {
      this.#broken.push(error as Error);
      return undefined;
    }
  }
}
