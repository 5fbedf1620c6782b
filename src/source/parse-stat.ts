/** What the agent needs of `/proc/PID/stat` (proc_pid_stat(5)). */
export interface ProcStat {
  readonly comm: string;
  /** One letter: R S D Z T t X I. */
  readonly state: string;
  readonly ppid: number;
  /** PF_* flags of the leader (include/linux/sched.h). */
  readonly flags: number;
  readonly threads: number;
  /** Start time in ticks of 10 ms since boot. */
  readonly startTicks: number;
}

const PF_EXITING = 0x4;
const PF_KTHREAD = 0x200000;

export const isKernelThread = (stat: ProcStat): boolean => (stat.flags & PF_KTHREAD) !== 0;
/** Dead, or on the way: it will not wait for a child any more. A dead leader with live threads is neither. */
export const isExiting = (stat: ProcStat): boolean =>
  stat.threads <= 1 && (stat.state === 'X' || (stat.flags & PF_EXITING) !== 0);

/** Undefined for text that is not a stat line. The name may hold anything, so fields count from the LAST `)`. */
export function parseStat(text: string): ProcStat | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) {
    return undefined;
  }
  const fields = text.slice(close + 2).split(' ');
  const number = (field: number): number => Number(fields[field - 3]);
  const stat: ProcStat = {
    comm: text.slice(open + 1, close),
    state: fields[0] ?? '',
    ppid: number(4),
    flags: number(9),
    threads: number(20),
    startTicks: number(22),
  };
  return /^[A-Za-z]$/.test(stat.state) && Number.isInteger(stat.startTicks) && Number.isInteger(stat.ppid)
    ? stat
    : undefined;
}
