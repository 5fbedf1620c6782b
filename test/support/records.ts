import { LAYOUT } from '../../src/source/decode-records.ts';

/** The fields of `struct reapd_zombie`, as the kernel fills them in. */
export interface RawZombie {
  readonly flags: number;
  readonly id: bigint;
  readonly exitNs: bigint;
  readonly startNs: bigint;
  readonly parentStartNs: bigint;
  readonly cgroupId: bigint;
  readonly cgroupV1Id: bigint;
  readonly pid: number;
  readonly parentPid: number;
  readonly tracerPid: number;
  readonly uid: number;
  readonly status: number;
  readonly comm: string | Uint8Array;
}

export const RAW_ZOMBIE: RawZombie = {
  flags: 1,
  id: 1n,
  exitNs: 0n,
  startNs: 0n,
  parentStartNs: 0n,
  cgroupId: 0n,
  cgroupV1Id: 0n,
  pid: 1_001,
  parentPid: 42,
  tracerPid: 0,
  uid: 0,
  status: 0,
  comm: 'child',
};

function record(size: number, type: number, fill: (view: DataView) => void): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size).fill(0xee); // padding must not matter
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  fill(view);
  return bytes;
}

export function zombieRecord(fields: Partial<RawZombie>): Uint8Array<ArrayBuffer> {
  const raw = { ...RAW_ZOMBIE, ...fields };
  const at = LAYOUT.reapd_zombie;
  return record(at.size, 1, (view) => {
    view.setUint32(at.flags, raw.flags, true);
    view.setBigUint64(at.id, raw.id, true);
    view.setBigUint64(at.exit_ns, raw.exitNs, true);
    view.setBigUint64(at.start_ns, raw.startNs, true);
    view.setBigUint64(at.parent_start_ns, raw.parentStartNs, true);
    view.setBigUint64(at.cgroup_id, raw.cgroupId, true);
    view.setBigUint64(at.cgroup_v1_id, raw.cgroupV1Id, true);
    view.setUint32(at.pid, raw.pid, true);
    view.setUint32(at.parent_pid, raw.parentPid, true);
    view.setUint32(at.tracer_pid, raw.tracerPid, true);
    view.setUint32(at.uid, raw.uid, true);
    view.setInt32(at.status, raw.status, true);
    const comm = new Uint8Array(view.buffer, at.comm, 16).fill(0);
    comm.set(typeof raw.comm === 'string' ? new TextEncoder().encode(raw.comm) : raw.comm);
  });
}

export const reapedRecord = (id: bigint): Uint8Array<ArrayBuffer> =>
  record(LAYOUT.reapd_reaped.size, 2, (view) => view.setBigUint64(LAYOUT.reapd_reaped.id, id, true));

/** Running totals, as the kernel tells them. */
export function lostRecord(
  losses: Partial<Record<'queueOverrun' | 'ringFull' | 'mapFull', bigint>>,
): Uint8Array<ArrayBuffer> {
  const at = LAYOUT.reapd_losses;
  const base = LAYOUT.reapd_lost.losses;
  return record(LAYOUT.reapd_lost.size, 3, (view) => {
    view.setBigUint64(base + at.queue_overrun, losses.queueOverrun ?? 0n, true);
    view.setBigUint64(base + at.ring_full, losses.ringFull ?? 0n, true);
    view.setBigUint64(base + at.map_full, losses.mapFull ?? 0n, true);
  });
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
