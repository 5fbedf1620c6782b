import type { LossCause, SourceEvent } from '../domain/event.js';
import { decodeWaitStatus, type ProcessKey } from '../domain/process.js';
import type { Zombie } from '../domain/zombie.js';

/** The records of `bpf/records.h`: byte offsets and sizes, held against the built object's BTF by a test. */
export const LAYOUT = {
  reapd_zombie: {
    size: 96,
    type: 0,
    flags: 4,
    id: 8,
    exit_ns: 16,
    start_ns: 24,
    parent_start_ns: 32,
    cgroup_id: 40,
    cgroup_v1_id: 48,
    pid: 56,
    parent_pid: 60,
    tracer_pid: 64,
    uid: 68,
    status: 72,
    pad: 76,
    comm: 80,
  },
  reapd_reaped: { size: 16, type: 0, pad: 4, id: 8 },
  reapd_lost: { size: 32, type: 0, pad: 4, losses: 8 },
  reapd_losses: { size: 24, queue_overrun: 0, ring_full: 8, map_full: 16 },
} as const;

const ZOMBIE = 1;
const REAPED = 2;
const LOST = 3;
const EXIT_KNOWN = 1;
const INHERITED = 2;
const COMM_BYTES = 16;

const TWO_TO_32 = 2 ** 32;

const count = (view: DataView, at: number): number =>
  view.getUint32(at + 4, true) * TWO_TO_32 + view.getUint32(at, true);

/**
 * Nanoseconds as whole microseconds, exact in a double for 285 years of uptime, where nanoseconds are for 104 days. Without a BigInt, which
 * would be garbage for each field: 2^32 = 4 294 967 * 1000 + 296.
 */
function microseconds(view: DataView, at: number): number {
  const high = view.getUint32(at + 4, true);
  return high * 4_294_967 + Math.floor((high * 296 + view.getUint32(at, true)) / 1000);
}

// A byte order mark is part of a name, not to be taken off.
const text = new TextDecoder('utf-8', { ignoreBOM: true });

/** The zombies of one parent mostly share name, status and cgroup: what a reader made last is given out again while its bytes are the same. */
function remembering<T>(words: number, make: (view: DataView, at: number) => T): (view: DataView, at: number) => T {
  const last = new Uint32Array(words);
  let made: T | undefined;
  return (view, at) => {
    let same = made !== undefined;
    for (let word = 0; same && word < words; word++) {
      same = last[word] === view.getUint32(at + word * 4, true);
    }
    if (!same) {
      made = undefined; // a record that is cut off throws below: what is remembered must not be half of it
      for (let word = 0; word < words; word++) {
        last[word] = view.getUint32(at + word * 4, true);
      }
      made = make(view, at);
    }
    return made as T;
  };
}

const readComm = remembering(COMM_BYTES / 4, (view, at) => {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, COMM_BYTES);
  const end = bytes.indexOf(0);
  return text.decode(end < 0 ? bytes : bytes.subarray(0, end));
});
const readStatus = remembering(1, (view, at) => decodeWaitStatus(view.getInt32(at, true)));
const readCgroup = remembering(2, (view, at) => view.getBigUint64(at, true));
const readCgroupV1 = remembering(2, (view, at) => view.getBigUint64(at, true));

let lastParent: ProcessKey = { pid: 0, startUs: 0 };

function readParent(view: DataView, at: number): ProcessKey {
  const pid = view.getUint32(at + LAYOUT.reapd_zombie.parent_pid, true);
  const startUs = microseconds(view, at + LAYOUT.reapd_zombie.parent_start_ns);
  if (lastParent.pid !== pid || lastParent.startUs !== startUs) {
    lastParent = { pid, startUs };
  }
  return lastParent;
}

function decodeZombie(view: DataView, at: number): Zombie {
  const of = LAYOUT.reapd_zombie;
  const flags = view.getUint32(at + of.flags, true);
  return {
    id: count(view, at + of.id),
    key: { pid: view.getUint32(at + of.pid, true), startUs: microseconds(view, at + of.start_ns) },
    exitMs: microseconds(view, at + of.exit_ns) / 1000,
    exitKnown: (flags & EXIT_KNOWN) !== 0,
    inherited: (flags & INHERITED) !== 0,
    parent: readParent(view, at),
    tracer: view.getUint32(at + of.tracer_pid, true),
    uid: view.getUint32(at + of.uid, true),
    status: readStatus(view, at + of.status),
    comm: readComm(view, at + of.comm),
    cgroupId: readCgroup(view, at + of.cgroup_id),
    cgroupV1Id: readCgroupV1(view, at + of.cgroup_v1_id),
  };
}

/** Losses since the object was loaded, as the kernel counts them. */
type Losses = Readonly<Record<'queue-overrun' | 'ring-full' | 'map-full', number>>;
const NO_LOSSES: Losses = { 'queue-overrun': 0, 'ring-full': 0, 'map-full': 0 };

function decodeLosses(view: DataView, at: number): Losses {
  const of = LAYOUT.reapd_losses;
  return {
    'queue-overrun': count(view, at + of.queue_overrun),
    'ring-full': count(view, at + of.ring_full),
    'map-full': count(view, at + of.map_full),
  };
}

/** A decoder of record batches. It remembers the losses told so far, since the kernel tells running totals. */
export function recordDecoder(): (records: Uint8Array) => SourceEvent[] {
  let told: Losses = NO_LOSSES;

  return (records) => {
    const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
    const events: SourceEvent[] = [];
    for (let at = 0; at < records.byteLength; ) {
      const type = view.getUint32(at, true);
      if (type === ZOMBIE) {
        events.push({ type: 'zombie', zombie: decodeZombie(view, at) });
        at += LAYOUT.reapd_zombie.size;
      } else if (type === REAPED) {
        events.push({ type: 'reaped', id: count(view, at + LAYOUT.reapd_reaped.id) });
        at += LAYOUT.reapd_reaped.size;
      } else if (type === LOST) {
        const losses = decodeLosses(view, at + LAYOUT.reapd_lost.losses);
        for (const cause of Object.keys(losses) as (keyof Losses & LossCause)[]) {
          if (losses[cause] > told[cause]) {
            events.push({ type: 'lost', cause, count: losses[cause] - told[cause] });
          }
        }
        told = losses;
        at += LAYOUT.reapd_lost.size;
      } else {
        throw new Error(`unknown record type ${type} at byte ${at} of ${records.byteLength}`);
      }
    }
    return events;
  };
}

/** The zombies of a snapshot, each a `reapd_zombie` record. */
export function decodeSnapshot(records: Uint8Array): Zombie[] {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  const zombies: Zombie[] = [];
  for (let at = 0; at + LAYOUT.reapd_zombie.size <= records.byteLength; at += LAYOUT.reapd_zombie.size) {
    zombies.push(decodeZombie(view, at));
  }
  return zombies;
}
