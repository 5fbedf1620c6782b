import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Zombie } from '../../../src/domain/zombie.ts';
import { decodeSnapshot, recordDecoder } from '../../../src/source/decode-records.ts';
import { hostileName } from '../../support/hostile.ts';
import { concat, lostRecord, RAW_ZOMBIE, type RawZombie, reapedRecord, zombieRecord } from '../../support/records.ts';

const decode = (...records: readonly Uint8Array[]) => recordDecoder()(concat(...records));

const zombieOf = (raw: Partial<RawZombie>): Zombie => {
  const [event] = decode(zombieRecord(raw));
  return event?.type === 'zombie' ? event.zombie : expect.fail('no zombie');
};

describe('a zombie', () => {
  test('every field', () => {
    const zombie = zombieOf({
      flags: 3,
      id: 7n,
      exitNs: 1_500_000n,
      startNs: 4_200_001_999n,
      parentStartNs: 3_000_000n,
      cgroupId: 2n ** 64n - 1n,
      cgroupV1Id: 12n,
      pid: 1_007,
      parentPid: 42,
      tracerPid: 9,
      uid: 2 ** 32 - 2,
      status: 0x0100,
      comm: 'sleep',
    });
    expect(zombie).toEqual({
      id: 7,
      key: { pid: 1_007, startUs: 4_200_001 },
      exitMs: 1.5,
      exitKnown: true,
      inherited: true,
      parent: { pid: 42, startUs: 3_000 },
      tracer: 9,
      uid: 2 ** 32 - 2,
      status: { exitCode: 1, signal: null },
      comm: 'sleep',
      cgroupId: 2n ** 64n - 1n,
      cgroupV1Id: 12n,
    });
  });

  test.each([
    [0, false, false],
    [1, true, false],
    [2, false, true],
    [3, true, true],
    [0xfffffffc, false, false],
  ])('flags %i', (flags, exitKnown, inherited) => {
    expect(zombieOf({ flags })).toMatchObject({ exitKnown, inherited });
  });

  test.each([
    [0, { exitCode: 0, signal: null }],
    [0x0100, { exitCode: 1, signal: null }],
    [0xff00, { exitCode: 255, signal: null }],
    [9, { exitCode: null, signal: 9 }],
    [0x8b, { exitCode: null, signal: 11 }], // with a core dump
    [64, { exitCode: null, signal: 64 }],
  ])('status %i', (status, expected) => {
    expect(zombieOf({ status }).status).toEqual(expected);
  });

  test.each([
    ['nothing', [], ''],
    ['15 bytes', Array(15).fill(0x61), 'a'.repeat(15)],
    ['no end at all', Array(16).fill(0x61), 'a'.repeat(16)],
    ['rubbish after the end', [0x61, 0, 0x62, 0x62], 'a'],
    ['a character cut in two', [0x61, 0xe6, 0x97], 'a\ufffd'],
    ['no UTF-8', [0xff, 0xfe, 0x41], '\ufffd\ufffdA'],
    ['control characters', [0x1b, 0x5b, 0x4a, 0x0a, 0x7f], '\u001b[J\n\u007f'],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x73, 0x68], '\ufeffsh'],
  ])('a name of %s', (_, bytes, comm) => {
    expect(zombieOf({ comm: Uint8Array.from(bytes) }).comm).toBe(comm);
  });

  test('times are exact to the microsecond for a century', () => {
    const century = 100n * 365n * 86_400n * 1_000_000_000n;
    expect(zombieOf({ startNs: century + 1_000n }).key.startUs).toBe(Number(century / 1_000n) + 1);
    expect(zombieOf({ exitNs: century + 1_000n }).exitMs).toBeCloseTo(Number(century / 1_000_000n) + 0.001, 3);
  });

  test('any record comes back', () => {
    const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const us = fc.integer({ min: 0, max: 2 ** 50 });
    const comm = hostileName.map((name) => name.replaceAll('\0', '')).filter((name) => Buffer.byteLength(name) < 16);
    fc.assert(
      fc.property(
        fc.record({ id: us, pid: u32, parentPid: u32, tracerPid: u32, uid: u32, startUs: us, parentStartUs: us, comm }),
        fc.bigInt(0n, 2n ** 64n - 1n),
        fc.bigInt(0n, 999n),
        ({ startUs, parentStartUs, id, ...raw }, cgroupId, below) => {
          // What is below a microsecond is cut off.
          const times = {
            startNs: BigInt(startUs) * 1_000n + below,
            parentStartNs: BigInt(parentStartUs) * 1_000n + below,
          };
          expect(zombieOf({ ...raw, ...times, id: BigInt(id), cgroupId })).toMatchObject({
            id,
            key: { pid: raw.pid, startUs },
            parent: { pid: raw.parentPid, startUs: parentStartUs },
            tracer: raw.tracerPid,
            uid: raw.uid,
            comm: raw.comm,
            cgroupId,
          });
        },
      ),
    );
  });
});

describe('a batch', () => {
  test('of nothing', () => {
    expect(decode()).toEqual([]);
  });

  test('of all kinds, in order', () => {
    const events = decode(reapedRecord(3n), zombieRecord({ id: 4n }), lostRecord({ ringFull: 1n }), reapedRecord(4n));
    expect(events.map(({ type }) => type)).toEqual(['reaped', 'zombie', 'lost', 'reaped']);
    expect(events[0]).toEqual({ type: 'reaped', id: 3 });
    expect(events[3]).toEqual({ type: 'reaped', id: 4 });
  });

  test('of zombies that are alike and not', () => {
    const zombies = [
      { parentPid: 42, status: 0, comm: 'a', cgroupId: 1n },
      { parentPid: 42, status: 0, comm: 'a', cgroupId: 1n },
      { parentPid: 43, status: 9, comm: 'b', cgroupId: 2n },
      { parentPid: 42, status: 0, comm: 'a', cgroupId: 1n + 2n ** 32n },
    ];
    const events = decode(...zombies.map(zombieRecord));
    const read = events.map((event) => (event.type === 'zombie' ? event.zombie : expect.fail('no zombie')));
    expect(read.map(({ parent, status, comm, cgroupId }) => [parent.pid, status.signal, comm, cgroupId])).toEqual([
      [42, null, 'a', 1n],
      [42, null, 'a', 1n],
      [43, 9, 'b', 2n],
      [42, null, 'a', 1n + 2n ** 32n],
    ]);
  });

  test('that lies within a larger buffer', () => {
    const all = concat(reapedRecord(1n), reapedRecord(2n), reapedRecord(3n));
    expect(recordDecoder()(all.subarray(16, 32))).toEqual([{ type: 'reaped', id: 2 }]);
    const zombies = concat(zombieRecord({ comm: 'first' }), zombieRecord({ comm: 'second' }));
    expect(decodeSnapshot(zombies.subarray(96)).map(({ comm }) => comm)).toEqual(['second']);
  });

  test.each([0, 4, 255])('with a record of unknown type %i', (type) => {
    const records = concat(reapedRecord(1n), reapedRecord(2n));
    new DataView(records.buffer).setUint32(16, type, true);
    expect(() => recordDecoder()(records)).toThrow(`unknown record type ${type} at byte 16 of 32`);
  });

  test('that is cut off', () => {
    expect(() => recordDecoder()(zombieRecord({}).slice(0, 95))).toThrow();
    expect(() => recordDecoder()(reapedRecord(1n).slice(0, 12))).toThrow();
  });

  test('that is cut off within a name, and then a whole one of that name', () => {
    decode(zombieRecord({ comm: 'before' }));
    expect(() => recordDecoder()(zombieRecord({ comm: 'after' }).slice(0, 95))).toThrow();
    expect(zombieOf({ comm: 'after' }).comm).toBe('after');
  });
});

describe('losses', () => {
  test('are told by what was added since the last time, each cause by itself', () => {
    const decoder = recordDecoder();
    expect(decoder(lostRecord({ queueOverrun: 5n, mapFull: 2n }))).toEqual([
      { type: 'lost', cause: 'queue-overrun', count: 5 },
      { type: 'lost', cause: 'map-full', count: 2 },
    ]);
    expect(decoder(lostRecord({ queueOverrun: 5n, mapFull: 2n }))).toEqual([]);
    expect(decoder(lostRecord({ queueOverrun: 9n, ringFull: 1n, mapFull: 2n }))).toEqual([
      { type: 'lost', cause: 'queue-overrun', count: 4 },
      { type: 'lost', cause: 'ring-full', count: 1 },
    ]);
  });

  test('add up to the total whatever the steps', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000)), (steps) => {
        const decoder = recordDecoder();
        let total = 0n;
        const told = steps.flatMap((step) => {
          total += BigInt(step);
          return decoder(lostRecord({ ringFull: total }));
        });
        const sum = told.reduce((all, event) => all + (event.type === 'lost' ? event.count : 0), 0);
        expect(sum).toBe(Number(total));
      }),
    );
  });

  test('one decoder knows nothing of another', () => {
    recordDecoder()(lostRecord({ ringFull: 5n }));
    expect(recordDecoder()(lostRecord({ ringFull: 5n }))).toHaveLength(1);
  });
});

describe('a snapshot', () => {
  test('is zombies and nothing else', () => {
    const zombies = decodeSnapshot(concat(zombieRecord({ id: 1n }), zombieRecord({ id: 2n })));
    expect(zombies.map(({ id }) => id)).toEqual([1, 2]);
    expect(zombies[0]?.comm).toBe(RAW_ZOMBIE.comm);
  });

  test('of a node without zombies', () => {
    expect(decodeSnapshot(new Uint8Array())).toEqual([]);
  });
});
