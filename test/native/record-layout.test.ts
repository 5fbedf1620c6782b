import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { decodeSnapshot, LAYOUT, recordDecoder } from '../../src/source/decode-records.ts';

const root = new URL('../../', import.meta.url);
const object = fileURLToPath(new URL('build/bpf/reapd.bpf.o', root));
const bpftool = fileURLToPath(new URL('scripts/bpftool', root));

interface BtfType {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly size?: number;
  readonly members?: readonly { readonly name: string; readonly bits_offset: number }[];
}

/** The structures of the built object, by name: where each member begins, and `size`. */
function builtLayout(): Record<string, Record<string, number>> {
  const dump = execFileSync(bpftool, ['-j', 'btf', 'dump', 'file', object], { encoding: 'utf8' });
  const { types } = JSON.parse(dump) as { types: BtfType[] };
  const structs = types.filter((type) => type.kind === 'STRUCT' && type.name.startsWith('reapd_'));
  return Object.fromEntries(
    structs.map((struct) => [
      struct.name,
      {
        size: struct.size ?? 0,
        ...Object.fromEntries((struct.members ?? []).map((member) => [member.name, member.bits_offset / 8])),
      },
    ]),
  );
}

/** The numbers that the records' header gives to types and flags. */
function headerConstants(): Record<string, number> {
  const header = readFileSync(new URL('bpf/records.h', root), 'utf8');
  const enumerators = header.matchAll(/^\s+(REAPD_\w+) = (\d+),/gm);
  const macros = header.matchAll(/^#define (REAPD_\w+) (\d+)u?$/gm);
  return Object.fromEntries([...enumerators, ...macros].map(([, name, value]) => [name as string, Number(value)]));
}

describe.skipIf(!existsSync(object))('the records', () => {
  test('lie in memory as the decoder reads them', () => {
    expect(builtLayout()).toEqual(LAYOUT);
  });

  describe('have the types and flags that the decoder knows:', () => {
    const constants = headerConstants();
    const { REAPD_ZOMBIE, REAPD_REAPED, REAPD_LOST, REAPD_EXIT_KNOWN, REAPD_INHERITED, REAPD_COMM_LEN, ...others } =
      constants as Record<string, number>;

    const record = (struct: keyof typeof LAYOUT, type: number, fill: (view: DataView) => void = () => undefined) => {
      const bytes = new Uint8Array(LAYOUT[struct].size);
      const view = new DataView(bytes.buffer);
      view.setUint32(0, type, true);
      fill(view);
      return bytes;
    };
    const zombie = (flags: number) =>
      decodeSnapshot(
        record('reapd_zombie', REAPD_ZOMBIE as number, (view) => {
          view.setUint32(LAYOUT.reapd_zombie.flags, flags, true);
          new Uint8Array(view.buffer).fill(0x61, LAYOUT.reapd_zombie.comm);
        }),
      )[0];

    test('no others', () => {
      expect(others).toEqual({});
    });
    test('zombie', () => {
      const [event] = recordDecoder()(record('reapd_zombie', REAPD_ZOMBIE as number));
      expect(event?.type).toBe('zombie');
    });
    test('reaped', () => {
      const [event] = recordDecoder()(record('reapd_reaped', REAPD_REAPED as number, (view) => view.setUint8(8, 5)));
      expect(event).toEqual({ type: 'reaped', id: 5 });
    });
    test('lost', () => {
      const at = LAYOUT.reapd_lost.losses;
      const events = recordDecoder()(
        record('reapd_lost', REAPD_LOST as number, (view) => {
          view.setUint8(at + LAYOUT.reapd_losses.queue_overrun, 1);
          view.setUint8(at + LAYOUT.reapd_losses.ring_full, 2);
          view.setUint8(at + LAYOUT.reapd_losses.map_full, 3);
        }),
      );
      expect(events).toEqual([
        { type: 'lost', cause: 'queue-overrun', count: 1 },
        { type: 'lost', cause: 'ring-full', count: 2 },
        { type: 'lost', cause: 'map-full', count: 3 },
      ]);
    });
    test('exit known, inherited, neither, and the length of a name', () => {
      expect(zombie(REAPD_EXIT_KNOWN as number)).toMatchObject({ exitKnown: true, inherited: false });
      expect(zombie(REAPD_INHERITED as number)).toMatchObject({ exitKnown: false, inherited: true });
      expect(zombie(0)).toMatchObject({ exitKnown: false, inherited: false });
      expect(zombie(0)?.comm).toHaveLength(REAPD_COMM_LEN as number);
    });
  });
});
