import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type BpfKind, stillInKernel } from './bpf-objects.ts';
import { eventually } from './proc.ts';

/** What a script of test/native/scripts did. */
export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The JSON objects that it printed, one a line. */
  readonly said: readonly Readonly<Record<string, unknown>>[];
  readonly stderr: string;
}

export interface ScriptOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs it, such as `prlimit …`. */
  readonly via?: readonly string[];
  readonly timeoutMs?: number;
}

const SCRIPTS = new URL('../native/scripts/', import.meta.url);

/** Runs a script in a Node.js of its own, to its end. */
export async function runScript(name: string, options: ScriptOptions = {}): Promise<Ran> {
  const { env = {}, via = [], timeoutMs = 60_000 } = options;
  const script = fileURLToPath(new URL(`${name}.ts`, SCRIPTS));
  const [command, ...args] = [...via, process.execPath, '--expose-gc', '--no-warnings', script];
  const { PATH, HOME } = process.env;
  const child = spawn(command as string, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH, HOME, ...env } });
  const guard = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  clearTimeout(guard);
  const said = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code: child.exitCode, signal: child.signalCode, said, stderr };
}

/** Waits until the kernel has freed every BPF object that the script said it held. It frees them a moment after their last use. */
export async function expectKernelClean(ran: Ran): Promise<void> {
  const held = ran.said.filter((line) => 'prog' in line) as Record<BpfKind, number[]>[];
  if (held.length === 0) throw new Error(`the script named no BPF objects: ${ran.stderr}`);
  for (const kind of ['prog', 'map', 'link'] as const) {
    const ids = held.flatMap((objects) => objects[kind]);
    if (ids.length === 0) throw new Error(`the script held no ${kind}`);
    await eventually(`the kernel frees each ${kind}`, () => stillInKernel(kind, ids).length === 0, 20_000);
  }
}
