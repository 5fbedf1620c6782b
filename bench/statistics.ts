/** A sample's middle and its noise. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Median absolute deviation from the median. */
  readonly mad: number;
  readonly count: number;
}

/** Between the two nearest ranks, linearly. */
export function quantile(sample: readonly number[], share: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  const rank = (sorted.length - 1) * share;
  const low = sorted[Math.floor(rank)] ?? Number.NaN;
  const high = sorted[Math.ceil(rank)] ?? Number.NaN;
  return low + (high - low) * (rank - Math.floor(rank));
}

export const median = (sample: readonly number[]): number => quantile(sample, 0.5);

export function summarize(sample: readonly number[]): Summary {
  const middle = median(sample);
  return {
    median: middle,
    min: quantile(sample, 0),
    max: quantile(sample, 1),
    mad: median(sample.map((value) => Math.abs(value - middle))),
    count: sample.length,
  };
}

/** One ratio for each pair measured side by side: what drifts with the machine cancels out. */
export const pairedRatios = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((value, index) => value / (b[index] ?? Number.NaN));
