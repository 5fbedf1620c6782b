const UNIT_MS = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

type Unit = keyof typeof UNIT_MS;

const DURATION = /^(?<count>\d+)(?<unit>ms|s|m|h)$/;

/**
 * Reads `500ms`, `60s`, `5m`, `1h`: a whole number and a unit. Only zero needs no unit.
 * Returns milliseconds, or undefined for anything else and for what a double cannot hold exactly.
 */
export function parseDuration(raw: string | number): number | undefined {
  if (raw === 0 || raw === '0') {
    return 0;
  }
  const groups = DURATION.exec(String(raw))?.groups;
  if (!groups) {
    return undefined;
  }
  const ms = Number(groups.count) * UNIT_MS[groups.unit as Unit];
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/**
 * Writes whole milliseconds with the largest unit that loses nothing: 90000 is `90s`, and one minute is `60s`, as people
 * say it of waiting. parseDuration reads it back.
 */
export function formatDuration(ms: number): string {
  if (ms === 0) {
    return '0s';
  }
  if (ms === UNIT_MS.m) {
    return '60s';
  }
  const units = Object.keys(UNIT_MS) as Unit[];
  const unit = units.find((candidate) => ms % UNIT_MS[candidate] === 0) ?? 'ms';
  return `${ms / UNIT_MS[unit]}${unit}`;
}
