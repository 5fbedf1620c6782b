import type { AgentEvent } from '../domain/agent-event.js';
import { formatDuration } from '../domain/duration.js';
import type { IncidentEvent, ZombieSummary } from '../domain/incident.js';
import { escapeControls } from '../domain/text.js';

/** How a told line looks on a terminal. */
export type Tone = 'plain' | 'good' | 'warning' | 'alarm';

export interface Told {
  readonly tone: Tone;
  readonly text: string;
}

const many = (count: number): string => `${count} zombie${count === 1 ? '' : 's'}`;
const aged = ({ count, oldestMs }: ZombieSummary): string =>
  `${many(count)}, the oldest ${(oldestMs / 1000).toFixed(1)} s`;

/** What an event means, for somebody who sees the daemon for the first time. Undefined for what needs no telling. */
export function narrate(event: IncidentEvent | AgentEvent): Told | undefined {
  switch (event.type) {
    case 'started':
      return {
        tone: 'plain',
        text: `watching by kernel event (${event.source}); threshold ${formatDuration(event.settings.thresholdMs)}; asleep until the kernel calls`,
      };
    case 'zombie': {
      const { key, comm, status } = event.zombie;
      const how = status.signal === null ? `exit code ${status.exitCode}` : `signal ${status.signal}`;
      return {
        tone: 'plain',
        text: `the kernel tells of a zombie: ${escapeControls(comm)}[${key.pid}], ${how}, not reaped`,
      };
    }
    case 'offender':
      return {
        tone: 'warning',
        text: `over the threshold: ${escapeControls(event.parent.comm)}[${event.parent.key.pid}] has ${aged(event.zombies)}`,
      };
    case 'signal': {
      const said = `${event.signal} to ${escapeControls(event.parent.comm)}[${event.parent.key.pid}]: ${event.outcome}`;
      return { tone: event.signal === 'SIGKILL' ? 'alarm' : 'warning', text: `${said} (${event.reason})` };
    }
    case 'resolved':
      return { tone: 'good', text: `resolved: ${event.how}, ${(event.afterMs / 1000).toFixed(1)} s after the verdict` };
    case 'spared':
      return { tone: 'warning', text: `spared: ${event.reason}: ${event.detail}` };
    case 'lost':
    case 'degraded':
    case 'reloaded':
    case 'reload-refused':
    case 'stopped':
    case 'reaped':
      return undefined;
  }
}

const COLORS: Readonly<Record<Tone, string>> = { plain: '0', good: '32', warning: '33', alarm: '31' };

/** A told line with the seconds since the start in front, and its newline. */
export function toldLine({ tone, text }: Told, elapsedMs: number, color: boolean): string {
  const line = `${(elapsedMs / 1000).toFixed(1).padStart(5)} s  ${text}`;
  return color && tone !== 'plain' ? `\u001b[${COLORS[tone]}m${line}\u001b[0m\n` : `${line}\n`;
}
