import { closeSync, openSync, readdirSync, readlinkSync, readSync, statSync } from 'node:fs';
import { parseCgroups } from '../domain/cgroup.js';
import type { ParentFacts, Sighting } from '../domain/parent.js';
import { type Pid, type ProcessKey, startTicks, startUsOf } from '../domain/process.js';
import type { Zombie } from '../domain/zombie.js';
import { type AgentFacts, isPlatformPath } from '../policy/protect.js';
import { isFrozen } from './freezer.js';
import { isExiting, isKernelThread, type ProcStat, parseStat } from './parse-stat.js';
import { parseStatus } from './parse-status.js';

/** Of a hostile command line, this much goes into a log line. */
const MAX_ARGS = 32;
const MAX_ARG_CHARS = 256;
/** No chain of parents is longer on a sane node; ends a loop on a racing one. */
const MAX_ANCESTORS = 256;

/** More than any file of /proc that is read here needs; a tenant can make its own `cmdline` gigabytes long. */
const MAX_BYTES = 16_384;
const buffer = Buffer.alloc(MAX_BYTES);

/** A file of `/proc/PID`, cut at 16 KiB, or undefined: the process is gone, or may not be read. */
function read(pid: Pid | string, file: string): string | undefined {
  try {
    const fd = openSync(`/proc/${pid}/${file}`, 'r');
    try {
      return buffer.toString('utf8', 0, readSync(fd, buffer, 0, MAX_BYTES, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

const readStat = (pid: Pid): ProcStat | undefined => {
  const text = read(pid, 'stat');
  return text === undefined ? undefined : parseStat(text);
};

/** The stat line of exactly this process, undefined if it is gone or its number is another one's by now. */
function statOf(key: ProcessKey): ProcStat | undefined {
  const stat = readStat(key.pid);
  return stat?.startTicks === startTicks(key.startUs) ? stat : undefined;
}

/** The process that has this number now, its start time as exact as /proc tells it (10 ms); undefined if there is none. */
export function identify(pid: Pid): ProcessKey | undefined {
  const stat = readStat(pid);
  return stat === undefined ? undefined : { pid, startUs: startUsOf(stat.startTicks) };
}

/** Whether a process with this number exists now. */
export const exists = (pid: Pid): boolean => readStat(pid) !== undefined;

/** From a process's parent up to where the agent's view ends, nearest first. */
function ancestorsOf(stat: ProcStat): Pid[] {
  const ancestors: Pid[] = [];
  for (let pid = stat.ppid; pid > 0 && ancestors.length < MAX_ANCESTORS; ) {
    ancestors.push(pid);
    pid = readStat(pid)?.ppid ?? 0;
  }
  return ancestors;
}

/**
 * Where to read what a process executes: a leader that has ended before its threads has no memory left, and so neither executable
 * nor arguments, while the process lives on.
 */
function liveThread(pid: Pid, stat: ProcStat | undefined): string {
  if (stat?.state === 'Z' && stat.threads > 1) {
    try {
      const thread = readdirSync(`/proc/${pid}/task`).find((tid) => tid !== String(pid));
      if (thread !== undefined) {
        return `${pid}/task/${thread}`;
      }
    } catch {
      // It is gone by now, as the last look will tell.
    }
  }
  return String(pid);
}

interface Executable {
  readonly path: string | null;
  /** It has one, and the agent may not read which. */
  readonly hidden: boolean;
  readonly isNodes: boolean;
}

function readExecutable(thread: string, isHost: boolean): Executable {
  try {
    const path = readlinkSync(`/proc/${thread}/exe`);
    return { path, hidden: false, isNodes: isHost && isPlatformPath(path) && isNodesFile(thread, path) };
  } catch (error) {
    return { path: null, hidden: isForbidden(error), isNodes: false };
  }
}

const isForbidden = (error: unknown): boolean => {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM';
};

/**
 * Whether the file that a process executes is the very one that pid 1 sees at the same path, and only root can write it. A tenant's own
 * root file system, bind mount or home directory does not pass. Asked for processes of the agent's own pid namespace with a platform
 * path only: a tenant's file may lie on a file system that never answers.
 */
function isNodesFile(thread: string, path: string): boolean {
  try {
    const running = statSync(`/proc/${thread}/exe`);
    if (running.uid !== 0 || (running.mode & 0o022) !== 0) {
      return false;
    }
    if (path.endsWith(' (deleted)')) {
      return true; // replaced by an upgrade while it runs: its path, which the kernel keeps, is what there is
    }
    const nodes = statSync(`/proc/1/root${path}`);
    return nodes.dev === running.dev && nodes.ino === running.ino;
  } catch (error) {
    return isForbidden(error); // pid 1's view is closed to the agent: rather one process too many protected
  }
}

/** Whether a process is `ancestor` itself or below it, now. */
export function descendsFrom(pid: Pid, ancestor: Pid): boolean {
  const stat = readStat(pid);
  return pid === ancestor || (stat !== undefined && ancestorsOf(stat).includes(ancestor));
}

const splitArgs = (cmdline: string): string[] =>
  cmdline
    .split('\0', MAX_ARGS + 1)
    .filter((arg, index, all) => index < MAX_ARGS && (arg !== '' || index < all.length - 1))
    .map((arg) => arg.slice(0, MAX_ARG_CHARS));

/** rt_sigtimedwait(2) takes signals off the blocked ones while it waits, and no handler shows: x86-64 128, arm64 137. */
const SIGTIMEDWAIT = /^(?:128|137) /;
/** Of a process with very many threads, this many are looked at. */
const MAX_THREADS = 32;

/** Whether a thread waits for signals, or none of them may be looked at. */
function mayAwaitSignals(pid: Pid): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .slice(0, MAX_THREADS)
      .some((tid) => {
        const call = read(`${pid}/task/${tid}`, 'syscall');
        return call === undefined || SIGTIMEDWAIT.test(call);
      });
  } catch {
    return true;
  }
}

/** Everything that judging a parent needs; undefined if it is gone or another one by now, which is looked at last. */
export function inspectParent(key: ProcessKey): ParentFacts | undefined {
  const { pid } = key;
  const thread = liveThread(pid, statOf(key));
  const status = parseStatus(read(pid, 'status') ?? '');
  const inAgentNamespace = status.nsPids.length <= 1;
  const exe = readExecutable(thread, inAgentNamespace);
  const cgroups = parseCgroups(read(pid, 'cgroup') ?? '');
  const cmdline = splitArgs(read(thread, 'cmdline') ?? '');
  const stat = statOf(key);
  if (stat === undefined || isExiting(stat)) {
    return undefined;
  }
  return {
    key,
    comm: stat.comm,
    exe: exe.path,
    exeHidden: exe.hidden,
    exeIsNodes: exe.isNodes,
    cmdline,
    uid: status.uid,
    nsPid: status.nsPids.at(-1) ?? pid,
    inAgentNamespace,
    state: stat.state,
    kernelThread: isKernelThread(stat),
    tracer: status.tracer,
    signals: { blocked: status.blocked, ignored: status.ignored, caught: status.caught },
    awaitsSignals: mayAwaitSignals(pid),
    frozen: isFrozen(cgroups),
    cgroups,
    ancestors: ancestorsOf(stat),
  };
}

/** Whether a parent is gone, dead or dying. */
export function isParentExiting(key: ProcessKey): boolean {
  const stat = statOf(key);
  return stat === undefined || isExiting(stat);
}

/** Looks at a zombie again. Only the ones that were traced when they died can be held by a tracer. */
export function sightZombie(zombie: Zombie): Sighting {
  const stat = statOf(zombie.key);
  if (stat === undefined || stat.state !== 'Z' || stat.threads > 1) {
    return 'gone';
  }
  if (stat.ppid !== zombie.parent.pid) {
    return 'moved';
  }
  if (zombie.tracer === 0) {
    return 'standing';
  }
  const tracer = parseStatus(read(zombie.key.pid, 'status') ?? '').tracer;
  return tracer === 0 || tracer === zombie.parent.pid ? 'standing' : 'traced';
}

/** How many descriptors this process may have open; Node.js has raised the soft limit to the hard one at start. */
export function openFilesLimit(): number {
  const soft = /^Max open files\s+(\d+)/m.exec(read(process.pid, 'limits') ?? '')?.[1];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}

/** The agent itself, and who must live for it to live. */
export function agentFacts(): AgentFacts {
  const stat = readStat(process.pid);
  return {
    pid: process.pid,
    ancestors: stat === undefined ? [process.ppid] : ancestorsOf(stat),
    cgroups: parseCgroups(read(process.pid, 'cgroup') ?? ''),
  };
}
