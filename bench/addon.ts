import type { Addon, KernelEvents } from '../src/native/addon.ts';

const REAPD = new URL('..', import.meta.url);

const imported = async <T>(path: string): Promise<T> => (await import(new URL(path, REAPD).href)) as T;

/** The built daemon's own modules: what is measured is what is shipped. */
const { loadAddon } = await imported<typeof import('../src/native/load.ts')>('dist/native/load.js');
export const { decodeSnapshot, recordDecoder } = await imported<typeof import('../src/source/decode-records.ts')>(
  'dist/source/decode-records.js',
);

const addon: Addon = loadAddon();

/** The daemon's event source in this process, with the daemon's defaults and the given settle time. */
export function loadKernelEvents(settleMs: number, onRecords: (records: Uint8Array) => void = () => {}): KernelEvents {
  return new addon.KernelEvents(
    {
      queueSlots: 65_536,
      maxZombies: 262_144,
      ringBytes: 524_288,
      settleNs: settleMs * 1e6,
      slackNs: (settleMs / 16) * 1e6,
    },
    onRecords,
  );
}

/** Zombies on this node now. */
export function countZombies(): number {
  const events = loadKernelEvents(1000);
  try {
    events.start();
    return decodeSnapshot(events.snapshot()).length;
  } finally {
    events.close();
  }
}
