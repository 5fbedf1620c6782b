import type { Breaker, Rung, Settings } from '../domain/settings.js';
import { budget } from './budget.js';
import { complete, type Key, keysOf, list, partial } from './mapping.js';
import { choice, duration, flag, integer, powerOfTwo, signal } from './scalars.js';
import { scope } from './scope.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What one source, the file or the command line, says; the rest comes from the next one. */
export type Overrides = Partial<Omit<Settings, 'breaker'>> & { readonly breaker?: Partial<Breaker> };

/** A key of the file. */
export interface SettingKey extends Key<Settings, Overrides> {
  /** Also an option of `run`: what its value is called in the help; empty for one that takes no value. */
  readonly option?: string;
  /** A reload cannot change it: it is fixed when the daemon starts. */
  readonly needsRestart?: true;
}

const rungKey = keysOf<Rung>();
const rung = complete([
  rungKey('signal', 'signal', signal, 'signal that the parent gets'),
  rungKey('wait', 'waitMs', duration('2s', 0, 10 * MINUTE), 'how long to wait for an effect'),
]);

const breakerKey = keysOf<Breaker>();
const breaker = partial([
  breakerKey('strikes', 'strikes', integer('3', 1, 100), 'signalled at most so often in a row'),
  breakerKey('pause', 'pauseMs', duration('10m', SECOND, DAY), 'then left alone for so long, doubling'),
  breakerKey('max-pause', 'maxPauseMs', duration('24h', SECOND, 7 * DAY), 'up to so long'),
]);

const key = keysOf<Settings, Overrides>();

const threshold = duration('60s', 100, DAY);
const settle = duration('1s', 0, MINUTE);
const source = choice('auto', ['auto', 'ebpf', 'netlink']);
const minZombies = integer('1', 1, 100_000);
const logFormat = choice('json', ['json', 'pretty']);
const logLevel = choice('info', ['debug', 'info', 'warn', 'error']);
const queueSlots = powerOfTwo('65536', 1_024, 1_048_576);
const maxZombies = integer('262144', 1_024, 4_194_304);
const ringBytes = powerOfTwo('524288', 65_536, 16_777_216);

/** Every key of the file, in the order of the documentation. The one place that knows their names, help and bounds. */
export const KEYS: readonly SettingKey[] = [
  {
    ...key('threshold', 'thresholdMs', threshold, 'how long a zombie may stay unreaped before its parent is judged'),
    option: '<duration>',
  },
  {
    ...key(
      'settle',
      'settleMs',
      settle,
      'how long an exit is held before a look whether it was reaped, at most half the threshold; 0 tells of every exit',
    ),
    option: '<duration>',
  },
  { ...key('dry-run', 'dryRun', flag, 'do everything but send signals'), option: '' },
  {
    ...key('source', 'source', source, 'where events come from; auto takes ebpf where it can run'),
    option: '<name>',
    needsRestart: true,
  },
  {
    ...key('min-zombies', 'minZombies', minZombies, 'zombies over the threshold that make their parent an offender'),
    option: '<count>',
  },
  { ...key('scope', 'scope', scope, 'which parents may be judged at all'), option: '<scope>' },
  { ...key('budget', 'budget', budget, 'how many parents may become targets on the whole node'), option: '<rate>' },
  key('ladder', 'ladder', list(rung, 8), 'signals that a target gets, with the wait for an effect after each'),
  key(
    'breaker',
    'breaker',
    breaker,
    'a container or service with the same leak again is signalled so many strikes in a row, then left alone for a pause that doubles',
  ),
  {
    ...key('log-format', 'logFormat', logFormat, 'how log lines look on stdout'),
    option: '<format>',
    needsRestart: true,
  },
  { ...key('log-level', 'logLevel', logLevel, 'least level that is logged'), option: '<level>' },
  {
    ...key(
      'queue-slots',
      'queueSlots',
      queueSlots,
      "slots of the kernel's queue: exits that may happen in one settle time",
    ),
    needsRestart: true,
  },
  {
    ...key('max-zombies', 'maxZombies', maxZombies, 'zombies that the kernel side can remember at once'),
    needsRestart: true,
  },
  {
    ...key('ring-bytes', 'ringBytes', ringBytes, 'size of the ring buffer between kernel and daemon'),
    needsRestart: true,
  },
];
