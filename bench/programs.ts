import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const program = (name: string): string => fileURLToPath(new URL(`../build/bench/${name}`, import.meta.url));

/** Waits until a process has ended well. */
async function ended(child: ChildProcess, name: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, 'exit');
  }
  if (child.exitCode !== 0) {
    throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode}`);
  }
}

/** Runs one of the C programs of `programs/` to its end; what it printed. */
export async function runProgram(name: string, ...args: (string | number)[]): Promise<string> {
  const child = spawn(program(name), args.map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = await text(child.stdout);
  await ended(child, name);
  return output;
}

/** A C program that says one line when it is ready and ends when its standard input does. */
export interface Companion {
  readonly pid: number;
  readonly said: string;
  end(): Promise<void>;
}

export async function startProgram(name: string, ...args: (string | number)[]): Promise<Companion> {
  const child = spawn(program(name), args.map(String), { stdio: ['pipe', 'pipe', 'inherit'] });
  const [said] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error(`${name} ended at once`);
    }),
  ]);
  return {
    pid: child.pid as number,
    said: String(said).trim(),
    end: () => {
      child.stdin.end();
      return ended(child, name);
    },
  };
}

/** Time per child in µs: by the clock, and on the CPU. */
export interface StormTime {
  readonly wall: number;
  readonly cpu: number;
}

export async function storm(kind: 'vfork' | 'fork' | 'exec', count: number, perSecond = 0): Promise<StormTime> {
  const [wall = Number.NaN, cpu = Number.NaN] = (await runProgram('storm', kind, count, perSecond))
    .split(' ')
    .map((ns) => Number(ns) / count / 1000);
  return { wall, cpu };
}
