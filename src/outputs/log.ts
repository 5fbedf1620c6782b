import { uptime } from 'node:os';
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import type { AgentEvent } from '../domain/agent-event.js';
import type { IncidentEvent } from '../domain/incident.js';
import type { LogFormat, LogLevel } from '../domain/settings.js';
import { escapeJsonLine } from '../domain/text.js';
import { type Fields, logFields } from './fields.js';
import type { Output } from './output.js';
import { prettyLine } from './pretty.js';

const LEVELS: Readonly<Record<(IncidentEvent | AgentEvent)['type'], LogLevel>> = {
  started: 'info',
  offender: 'warn',
  signal: 'warn',
  resolved: 'info',
  spared: 'info',
  lost: 'warn',
  degraded: 'warn',
  reloaded: 'info',
  'reload-refused': 'error',
  stopped: 'info',
  zombie: 'debug',
  reaped: 'debug',
};

/** The log: an output, whose level can be changed while it runs. */
export interface Log {
  readonly write: Output;
  setLevel(level: LogLevel): void;
}

/**
 * Writes events to a file descriptor, one line each, synchronously: what was logged before a crash is there after it. `onBroken` is told
 * once when nobody reads any more (EPIPE) or the disk is full.
 */
export function openLog(fd: number, format: LogFormat, level: LogLevel, onBroken: (error: Error) => void): Log {
  const file = destination({ fd, sync: true });
  let broken = false;
  file.on('error', (error: Error) => {
    if (!broken) {
      broken = true;
      onBroken(error);
    }
  });
  const stream: DestinationStream = {
    write: (line) => {
      const json = line.trimEnd();
      file.write(format === 'json' ? `${escapeJsonLine(json)}\n` : prettyLine(JSON.parse(json) as Fields));
    },
  };
  const logger: Logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  const bootMs = Date.now() - uptime() * 1000;
  return {
    write: (event) => {
      const at = LEVELS[event.type];
      if (logger.isLevelEnabled(at)) {
        logger[at](logFields(event, bootMs));
      }
    },
    setLevel: (next) => {
      logger.level = next;
    },
  };
}
