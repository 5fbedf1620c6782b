import type { AgentEvent } from '../../src/domain/agent-event.ts';
import type { IncidentEvent } from '../../src/domain/incident.ts';
import { aParent, aZombie, someSettings } from './builders.ts';

export type AnyEvent = IncidentEvent | AgentEvent;

/** Every kind of event, with this text wherever a stranger can choose one. */
export function everyEvent(text: string): readonly AnyEvent[] {
  const zombie = aZombie({ comm: text, status: { exitCode: null, signal: 9 } });
  const parent = aParent({
    comm: text,
    exe: `/tmp/${text}`,
    cmdline: [text, text],
    cgroups: [{ controllers: '', path: `/kubepods/pod${'0'.repeat(32)}/${text}` }],
  });
  const subject = {
    incident: '01J0000000000000000000000',
    parent,
    zombies: { count: 7, oldestMs: 60_012, sample: [{ zombie, ageMs: 60_012 }] },
    cause: 'child-never-waited-for',
  } as const;
  return [
    {
      type: 'started',
      version: '0.1.0',
      source: 'ebpf',
      kernel: '6.18.0',
      settings: someSettings({ scope: { kind: 'cgroup', path: `/${text}` } }),
      zombies: 3,
      armedAfterMs: 120,
    },
    { type: 'offender', ...subject, foretold: [`SIGTERM: ends-parent (${text})`] },
    { type: 'signal', ...subject, signal: 'SIGTERM', rung: 1, outcome: 'sent', dryRun: false, reason: text },
    { type: 'resolved', ...subject, how: 'parent-exited', afterMs: 2_100 },
    { type: 'spared', ...subject, reason: 'protected', detail: `it runs the node's own ${text}` },
    { type: 'lost', cause: 'ring-full', count: 3 },
    { type: 'degraded', reason: text },
    { type: 'reloaded', changed: ['threshold'], needRestart: ['source'] },
    { type: 'reload-refused', reason: text },
    { type: 'stopped', reason: text, openIncidents: 2 },
    { type: 'zombie', zombie },
    { type: 'reaped', id: 7 },
  ];
}
