import { Observable } from 'rxjs';
import type { SourceEvent } from '../domain/event.js';
import type { Settings } from '../domain/settings.js';
import type { Addon } from '../native/addon.js';
import { decodeSnapshot, recordDecoder } from './decode-records.js';
import type { Source } from './source.js';

const NS_PER_MS = 1e6;

/** A due exit may wait this share of the settle time for others, so that a busy node drains in batches; at most 50 ms. */
const slackMs = (settleMs: number): number => Math.min(50, settleMs / 16);

/**
 * The eBPF source. Loads at once, so that what is missing is known before anything starts; attaches when subscribed to.
 * Throws AddonError if the kernel refuses.
 */
export function kernelEvents(
  addon: Addon,
  settings: Pick<Settings, 'settleMs' | 'queueSlots' | 'maxZombies' | 'ringBytes'>,
): Source {
  let deliver: (records: Uint8Array) => void = () => undefined;
  const kernel = new addon.KernelEvents(
    {
      queueSlots: settings.queueSlots,
      maxZombies: settings.maxZombies,
      ringBytes: settings.ringBytes,
      settleNs: settings.settleMs * NS_PER_MS,
      slackNs: slackMs(settings.settleMs) * NS_PER_MS,
    },
    (records) => deliver(records),
  );
  let missesTold = 0;

  /** A program that would have re-entered itself on the same CPU is skipped by the kernel, which counts it and tells nobody. */
  const recursion = (): SourceEvent[] => {
    const count = kernel.stats().recursionMisses - missesTold;
    missesTold += count;
    return count > 0 ? [{ type: 'lost', cause: 'recursion', count }] : [];
  };

  return {
    name: 'ebpf',
    events$: new Observable((subscriber) => {
      const decode = recordDecoder();
      deliver = (records) => subscriber.next([...decode(records), ...recursion()]);
      kernel.start();
      return () => kernel.close();
    }),
    snapshot: () => decodeSnapshot(kernel.snapshot()),
    setSettle: (settleMs) => kernel.setSettle(settleMs * NS_PER_MS, slackMs(settleMs) * NS_PER_MS),
    close: () => kernel.close(),
  };
}
