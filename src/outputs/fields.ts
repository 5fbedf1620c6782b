import { constants } from 'node:os';
import type { AgentEvent } from '../domain/agent-event.js';
import { containerIdOf } from '../domain/cgroup.js';
import { formatDuration } from '../domain/duration.js';
import type { IncidentEvent, ZombieSummary } from '../domain/incident.js';
import type { ParentFacts } from '../domain/parent.js';
import type { ProcessKey } from '../domain/process.js';
import type { Settings } from '../domain/settings.js';
import type { Zombie } from '../domain/zombie.js';

/** Fields of one log line, in the order in which they are written. */
export type Fields = Record<string, unknown>;

// Some numbers have an alias that comes later (SIGIOT, SIGPOLL): the first name stands.
const SIGNAL_NAMES = new Map(
  Object.entries(constants.signals)
    .reverse()
    .map(([name, number]) => [number, name]),
);
const signalName = (number: number | null): string | null =>
  number === null ? null : (SIGNAL_NAMES.get(number) ?? `SIG${number}`);

/** Start times as UTC instants: `bootMs` is the instant of boot, ms since 1970. */
const startTime = (key: ProcessKey, bootMs: number): string => new Date(bootMs + key.startUs / 1000).toISOString();

const parentFields = (parent: ParentFacts, bootMs: number): Fields => ({
  pid: parent.key.pid,
  startTime: startTime(parent.key, bootMs),
  comm: parent.comm,
  exe: parent.exe,
  cmdline: parent.cmdline,
  uid: parent.uid,
  nsPid: parent.nsPid,
});

const zombieFields = (zombie: Zombie): Fields => ({
  pid: zombie.key.pid,
  comm: zombie.comm,
  exitCode: zombie.status.exitCode,
  signal: signalName(zombie.status.signal),
});

const summaryFields = ({ count, oldestMs, sample }: ZombieSummary): Fields => ({
  count,
  oldestMs,
  sample: sample.map(({ zombie, ageMs }) => ({ ...zombieFields(zombie), ageMs })),
});

function incidentFields(event: IncidentEvent, bootMs: number): Fields {
  const subject = {
    parent: parentFields(event.parent, bootMs),
    zombies: summaryFields(event.zombies),
    container: containerIdOf(event.parent.cgroups) ?? null,
    cause: event.cause,
  };
  const { incident } = event;
  switch (event.type) {
    case 'offender':
      return { incident, ...subject, foretold: event.foretold };
    case 'signal': {
      const { signal, rung, outcome, dryRun, reason } = event;
      return { incident, signal, rung, outcome, dryRun, ...subject, reason };
    }
    case 'resolved':
      return { incident, how: event.how, afterMs: event.afterMs, ...subject };
    case 'spared':
      return { incident, reason: event.reason, ...subject, detail: event.detail };
  }
}

const settingsFields = (settings: Settings): Fields => ({
  threshold: formatDuration(settings.thresholdMs),
  settle: formatDuration(settings.settleMs),
  dryRun: settings.dryRun,
  minZombies: settings.minZombies,
  scope: settings.scope,
  budget: `${settings.budget.count}/${formatDuration(settings.budget.perMs)}`,
  ladder: settings.ladder.map(({ signal, waitMs }) => `${signal} ${formatDuration(waitMs)}`),
});

function agentFields(event: AgentEvent, bootMs: number): Fields {
  switch (event.type) {
    case 'started': {
      const { version, source, kernel, settings, zombies, armedAfterMs } = event;
      return { version, source, kernel, ...settingsFields(settings), zombies, armedAfterMs };
    }
    case 'zombie': {
      const { zombie } = event;
      return {
        ...zombieFields(zombie),
        id: zombie.id,
        startTime: startTime(zombie.key, bootMs),
        parent: { pid: zombie.parent.pid },
      };
    }
    case 'lost':
    case 'degraded':
    case 'reloaded':
    case 'reload-refused':
    case 'stopped':
    case 'reaped': {
      const { type: _, ...fields } = event;
      return fields;
    }
  }
}

/** Everything that a log line says of an event but its level and time. `bootMs`: when the node booted, ms since 1970. */
export function logFields(event: IncidentEvent | AgentEvent, bootMs: number): Fields {
  const isIncident = 'incident' in event;
  return { event: event.type, ...(isIncident ? incidentFields(event, bootMs) : agentFields(event, bootMs)) };
}
