import { quantile } from '../statistics/bootstrap.ts';

/** Median and 95th percentile, in milliseconds per query. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
}

/** The percentiles of some measured milliseconds. */
export function latencyOf(ms: ArrayLike<number>): Latency {
  const sorted = Float64Array.from(ms).sort();
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
}
