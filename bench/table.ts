import { type Summary, summarize } from './statistics.ts';

/** One measured number. */
export interface Row {
  readonly section: string;
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** How far the machine's noise carries it. */
  readonly noise: string;
  readonly sample?: Summary;
  readonly target?: { readonly relation: '≤' | '<' | '≥'; readonly value: number };
}

type Target = NonNullable<Row['target']>;

export const atMost = (value: number): Target => ({ relation: '≤', value });
export const below = (value: number): Target => ({ relation: '<', value });
export const atLeast = (value: number): Target => ({ relation: '≥', value });

export function show(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) {
    return '-';
  }
  return value.toFixed(size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

/** A row of the median, with the range and the deviation. */
export function sampled(
  section: string,
  name: string,
  unit: string,
  sample: readonly number[],
  target?: Row['target'],
): Row {
  const summary = summarize(sample);
  const noise = `${show(summary.min)}..${show(summary.max)} ±${show(summary.mad)} n=${summary.count}`;
  return { section, name, unit, value: summary.median, noise, sample: summary, ...(target && { target }) };
}

/** Whether the target is met, undefined without one. */
export function met({ value, target }: Row): boolean | undefined {
  switch (target?.relation) {
    case undefined:
      return undefined;
    case '≤':
      return value <= target.value;
    case '<':
      return value < target.value;
    case '≥':
      return value >= target.value;
  }
}

function verdict(row: Row): string {
  const ok = met(row);
  return ok === undefined ? '' : ok ? 'ok' : 'MISSED';
}

/** Plain text; each section once. */
export function renderTable(rows: readonly Row[]): string {
  const lines = [['what', 'measured', 'unit', 'target', '', 'noise (min..max ±MAD)']];
  let section = '';
  for (const row of rows) {
    if (row.section !== section) {
      section = row.section;
      lines.push([], [section]);
    }
    const target = row.target ? `${row.target.relation} ${row.target.value}` : '';
    lines.push([`  ${row.name}`, show(row.value), row.unit, target, verdict(row), row.noise]);
  }
  const columns = lines.filter((line) => line.length > 1);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...columns.map((line) => (line[column] ?? '').length)));
  const pad = (line: readonly string[]): string =>
    line
      .map((cell, i) => (i === 1 || i === 3 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ');
  return lines.map((line) => (line.length > 1 ? pad(line) : (line[0] ?? '')).trimEnd()).join('\n');
}
