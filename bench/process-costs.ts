import { readdirSync, readFileSync } from 'node:fs';

/** CPU time and context switches of all threads of a process so far. */
export interface Costs {
  readonly cpuNs: number;
  readonly switches: number;
}

function field(text: string, name: string): number {
  const match = new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text);
  return Number(match?.[1] ?? Number.NaN);
}

export function costsOf(pid: number): Costs {
  let cpuNs = 0;
  let switches = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    switches += field(status, 'voluntary_ctxt_switches') + field(status, 'nonvoluntary_ctxt_switches');
    cpuNs += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  }
  return { cpuNs, switches };
}

export interface Memory {
  readonly rss: number;
  readonly anon: number;
  readonly file: number;
  /** The most that it ever was. */
  readonly peak: number;
}

/** In MiB. */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (name: string): number => field(status, name) / 1024;
  return {
    rss: mebibytes('VmRSS'),
    anon: mebibytes('RssAnon'),
    file: mebibytes('RssFile'),
    peak: mebibytes('VmHWM'),
  };
}

/** A file that may be gone by now: a thread or a descriptor of the moment. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** What the kernel counted for one BPF program. */
export interface RunTime {
  readonly ns: number;
  readonly runs: number;
}

/**
 * The BPF programs that a process holds attached to tracepoints, by tracepoint. Read from its own descriptors, so that another
 * daemon on the machine is never taken for it.
 */
export function programsOf(pid: number): Map<string, RunTime> {
  const tracepoints = new Map<number, string>();
  const runTimes = new Map<number, RunTime>();
  for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
    const text = read(`/proc/${pid}/fdinfo/${fd}`);
    const id = field(text, 'prog_id');
    const tracepoint = /^tp_name:\s*(\S+)/m.exec(text)?.[1];
    if (tracepoint !== undefined) {
      tracepoints.set(id, tracepoint);
    } else if (!Number.isNaN(id) && text.includes('run_time_ns:')) {
      runTimes.set(id, { ns: field(text, 'run_time_ns'), runs: field(text, 'run_cnt') });
    }
  }
  const programs = new Map<string, RunTime>();
  for (const [id, tracepoint] of tracepoints) {
    const runTime = runTimes.get(id);
    if (runTime !== undefined) {
      programs.set(tracepoint, runTime);
    }
  }
  return programs;
}
