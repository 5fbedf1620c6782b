import type { Budget } from '../domain/settings.js';
import { outside, type Value, wrong } from './value.js';

const PER_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

type Unit = keyof typeof PER_MS;

const MAX_COUNT = 10_000;

const RATE = /^(?<count>\d+)\/(?<unit>[smh])$/;

/** `10/m`: at most ten in any minute. */
export const budget: Value<Budget> = {
  example: '10/m',
  bounds: `N/s, N/m or N/h; N is 1 to ${MAX_COUNT}`,
  read: (raw) => {
    const groups = typeof raw === 'string' ? RATE.exec(raw)?.groups : undefined;
    if (!groups) {
      return wrong(raw, 'a rate (N/s, N/m or N/h)', budget.example);
    }
    const count = Number(groups.count);
    return count < 1 || count > MAX_COUNT
      ? outside(raw, budget.bounds, budget.example)
      : { ok: { count, perMs: PER_MS[groups.unit as Unit] } };
  },
  show: ({ count, perMs }) => {
    const units = Object.keys(PER_MS) as Unit[];
    return `${count}/${units.find((unit) => PER_MS[unit] === perMs)}`;
  },
};
