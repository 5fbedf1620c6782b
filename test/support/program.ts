import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { LineLog } from './lines.ts';
import { programPath } from './paths.ts';
import { childrenOf, eventually } from './proc.ts';

/** What a program says: a word, the program's pid, and facts. */
export interface Said {
  readonly word: string;
  readonly pid: number;
  readonly atMs: number;
  /** Wall clock just before the first leaked child was made: no zombie is older than that. */
  readonly leakedMs: number;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface End {
  readonly code: number;
  readonly signal: number;
  readonly atMs: number;
}

export interface Program {
  readonly pid: number;
  readonly ready: Said;
  /** A number that the ready line tells, such as `child`. */
  fact(name: string): number;
  said(word: string, timeoutMs?: number): Promise<Said>;
  exited(timeoutMs?: number): Promise<End>;
}

function parse(line: Buffer): Said | undefined {
  const match = /^([a-z-]+) (\{.*\})$/.exec(line.toString());
  if (match === null) return undefined;
  const facts = JSON.parse(match[2] as string) as Record<string, unknown>;
  return {
    word: match[1] as string,
    pid: Number(facts.pid),
    atMs: Number(facts.atMs),
    leakedMs: Number(facts.leakedMs),
    facts,
  };
}

export function numberIn(said: Said, name: string): number {
  const value = said.facts[name];
  if (typeof value !== 'number') throw new Error(`'${said.word}' tells no number '${name}'`);
  return value;
}

/**
 * A healthy supervisor (programs/stage.c): the root of the process tree that one test owns. It reaps what ends below it,
 * tells how its programs ended, and kills everything in the tree when it is closed.
 */
export class Stage {
  readonly #process: ChildProcess;
  readonly #log: LineLog<Said>;
  #pid = 0;
  #outerPid = 0;
  #commands = 0;

  private constructor(process: ChildProcess, log: LineLog<Said>) {
    this.#process = process;
    this.#log = log;
  }

  /** `via`: a command that runs the stage, such as `unshare …`. */
  static async open(via: readonly string[] = []): Promise<Stage> {
    const [command, ...args] = [...via, programPath('stage')];
    const child = spawn(command as string, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child, 'spawn');
    const stage = new Stage(child, new LineLog(child.stdout, parse));
    stage.#pid = (await stage.#log.first('stage is ready', (said) => said.word === 'ready', 5_000)).pid;
    const spawned = child.pid as number;
    stage.#outerPid =
      stage.#pid === spawned
        ? spawned
        : await eventually('the stage behind its launcher', () => childrenOf(spawned)[0]);
    return stage;
  }

  /** As the stage itself sees it. */
  get pid(): number {
    return this.#pid;
  }

  /** As this test process sees it; another number when the stage has its own pid namespace. */
  get outerPid(): number {
    return this.#outerPid;
  }

  /** Starts a program and returns when its state exists. */
  async start(name: string, ...args: (string | number)[]): Promise<Program> {
    const pid = await this.launch(programPath(name), ...args);
    const said = (word: string, timeoutMs = 15_000) =>
      this.#log.first(`'${word}' from ${name}`, (line) => line.word === word && line.pid === pid, timeoutMs);
    const ready = await said('ready');
    return {
      pid,
      ready,
      fact: (fact) => numberIn(ready, fact),
      said,
      exited: (timeoutMs = 10_000) => this.#end(pid, name, timeoutMs),
    };
  }

  /** Starts any command that says nothing; returns its pid. */
  async launch(path: string, ...args: (string | number)[]): Promise<number> {
    const command = this.#commands++;
    this.#process.stdin?.write(`${[path, ...args].join('\t')}\n`);
    const matches = (said: Said) => said.word === 'started' && said.facts.command === command;
    const started = await this.#log.first(`start of ${path}`, matches, 5_000);
    return numberIn(started, 'child');
  }

  async close(): Promise<void> {
    this.#process.stdin?.end();
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, 'exit');
  }

  async #end(pid: number, name: string, timeoutMs: number): Promise<End> {
    const matches = (said: Said) => said.word === 'ended' && said.facts.child === pid;
    const said = await this.#log.first(`end of ${name}`, matches, timeoutMs);
    return { code: numberIn(said, 'code'), signal: numberIn(said, 'signal'), atMs: said.atMs };
  }
}
