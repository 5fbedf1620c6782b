/** One line of the daemon's log. Only what the tests read; `expectContract` checks the rest. */
export interface LogLine {
  readonly level: string;
  readonly time: string;
  readonly event: string;
  readonly incident?: string;
  readonly signal?: string;
  readonly rung?: number;
  readonly outcome?: string;
  readonly dryRun?: boolean;
  readonly reason?: string;
  readonly cause?: string;
  readonly how?: string;
  readonly afterMs?: number;
  readonly parent?: LoggedParent;
  /** Of `started` it is a number. */
  readonly zombies?: LoggedZombies;
  readonly container?: { readonly id?: string } | null;
}

export interface LoggedParent {
  readonly pid: number;
  readonly startTime: string;
  readonly comm: string;
  readonly exe: string | null;
  readonly cmdline: readonly string[];
  readonly uid: number;
  readonly nsPid: number;
}

export interface LoggedZombies {
  readonly count: number;
  readonly oldestMs: number;
  readonly sample: readonly LoggedZombie[];
}

export interface LoggedZombie {
  readonly pid: number;
  readonly comm: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly ageMs: number;
}

const events = new Set([
  'started',
  'offender',
  'signal',
  'resolved',
  'spared',
  'lost',
  'degraded',
  'reloaded',
  'reload-refused',
  'stopped',
]);
const outcomes = new Set(['sent', 'dry-run', 'skipped', 'failed', 'gone']);
const ways = new Set(['parent-reaped', 'parent-exited', 'reparented']);
const reasons = new Set(['protected', 'dry-run', 'budget', 'breaker', 'rule', 'tracer', 'recovered', 'gone']);

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not appear
const rawControl = /[\u0000-\u001f\u007f-\u009f]/;

function check(holds: boolean, what: string, line: string): void {
  if (!holds) throw new Error(`broken log contract: ${what}: ${line}`);
}

/** Parses a line and holds it against the contract that users rely on. */
export function parseLogLine(text: string): LogLine {
  check(!rawControl.test(text), 'raw control character', text);
  const line = JSON.parse(text) as LogLine;
  const is = (value: unknown, type: string, what: string) =>
    check(typeof value === type, `${what} is no ${type}`, text);
  check(['debug', 'info', 'warn', 'error', 'fatal'].includes(line.level), 'level', text);
  check(Math.abs(Date.parse(line.time) - Date.now()) < 60_000, 'time', text);
  check(events.has(line.event), 'event', text);
  if (['offender', 'signal', 'resolved', 'spared'].includes(line.event)) {
    is(line.incident, 'string', 'incident');
    is(line.parent?.pid, 'number', 'parent.pid');
  }
  if (line.event === 'resolved') {
    check(ways.has(line.how ?? ''), 'how', text);
    is(line.afterMs, 'number', 'afterMs');
  }
  if (line.event === 'spared') check(reasons.has(line.reason ?? ''), 'reason of spared', text);
  if (line.event !== 'signal') return line;

  check(/^SIG[A-Z0-9]+$/.test(line.signal ?? ''), 'signal', text);
  check((line.rung ?? 0) >= 1, 'rung', text);
  check(outcomes.has(line.outcome ?? ''), 'outcome', text);
  check(
    line.outcome === 'sent' ? line.dryRun === false : line.outcome !== 'dry-run' || line.dryRun === true,
    'dryRun',
    text,
  );
  if (line.outcome === 'skipped') is(line.reason, 'string', 'reason of skipped');
  is(line.cause, 'string', 'cause');
  const { parent, zombies } = line;
  is(parent?.startTime, 'string', 'parent.startTime');
  is(parent?.comm, 'string', 'parent.comm');
  check(typeof parent?.exe === 'string' || parent?.exe === null, 'parent.exe', text);
  check(Array.isArray(parent?.cmdline), 'parent.cmdline', text);
  is(parent?.uid, 'number', 'parent.uid');
  is(parent?.nsPid, 'number', 'parent.nsPid');
  check((zombies?.count ?? 0) >= 1, 'zombies.count', text);
  is(zombies?.oldestMs, 'number', 'zombies.oldestMs');
  check((zombies?.sample.length ?? 0) >= 1, 'zombies.sample', text);
  for (const zombie of zombies?.sample ?? []) {
    is(zombie.pid, 'number', 'zombie.pid');
    is(zombie.comm, 'string', 'zombie.comm');
    is(zombie.ageMs, 'number', 'zombie.ageMs');
    check((zombie.exitCode === null) !== (zombie.signal === null), 'exitCode or signal', text);
  }
  return line;
}
