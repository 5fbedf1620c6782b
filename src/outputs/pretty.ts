import { escapeControls } from '../domain/text.js';
import type { Fields } from './fields.js';

type Named = { readonly pid?: number; readonly comm?: string };

const who = (parent: unknown): string => {
  const { pid, comm } = parent as Named;
  return `${comm ?? '?'}[${pid ?? '?'}]`;
};

const standing = (zombies: unknown): string => {
  const { count, oldestMs } = zombies as { readonly count: number; readonly oldestMs: number };
  return `${count} zombie${count === 1 ? '' : 's'}, oldest ${(oldestMs / 1000).toFixed(1)} s`;
};

/** What happened, in words; fields that no sentence knows are written as JSON. */
function sentence(fields: Fields): string {
  switch (fields.event) {
    case 'started':
      return `reapd ${fields.version} on ${fields.kernel}, source ${fields.source}: threshold ${fields.threshold}, ladder ${(fields.ladder as string[]).join(', ')}${fields.dryRun === true ? ', dry run' : ''}`;
    case 'offender':
      return `${who(fields.parent)} does not reap: ${standing(fields.zombies)}; ${(fields.foretold as string[]).join('; ')}`;
    case 'signal':
      return `${fields.signal} to ${who(fields.parent)}: ${fields.outcome} (${fields.reason}); ${standing(fields.zombies)}`;
    case 'resolved':
      return `${who(fields.parent)}: ${fields.how} after ${((fields.afterMs as number) / 1000).toFixed(1)} s`;
    case 'spared':
      return `${who(fields.parent)}: ${fields.reason}: ${fields.detail}; ${standing(fields.zombies)}`;
    default: {
      const { level: _, time: __, event: ___, ...rest } = fields;
      return JSON.stringify(rest);
    }
  }
}

/** A log line for people, with its newline. All names in it are hostile: control characters are escaped. */
export function prettyLine(fields: Fields): string {
  const time = String(fields.time).slice(11, 23);
  const level = String(fields.level).toUpperCase().padEnd(5);
  return `${escapeControls(`${time} ${level} ${String(fields.event).padEnd(8)} ${sentence(fields)}`)}\n`;
}
