import { mean } from '../mean.ts';
import { bootstrapMean } from '../statistics/bootstrap.ts';
import { latencyOf } from './latency.ts';
import type { MeasuredSetting } from './measure-settings.ts';

/** How much of the measure may be given up for speed. */
export const defaultTolerance = 0.005;

/** How a setting is chosen. */
export interface ChooseOptions {
  /** How much of the measure may be given up for speed. Default 0.005. */
  readonly tolerance?: number | undefined;
}

/** What was chosen among measured settings. */
export interface Choice {
  /** The candidate, or the first stage where the candidate's gain may be chance. */
  readonly chosen: MeasuredSetting;
  /** The fastest within the tolerance of the best. */
  readonly candidate: MeasuredSetting;
  /** The best, whatever it costs. */
  readonly best: MeasuredSetting;
}

/**
 * Chooses the fastest setting that is within `tolerance` of the best one. Where even the best has no certain
 * gain over the first stage, the first stage is chosen: reranking has to earn its milliseconds.
 * @param settings the first stage first
 * @param rows which queries to look at
 */
export function choose(
  settings: readonly MeasuredSetting[],
  rows: readonly number[],
  options: ChooseOptions = {},
): Choice {
  const { tolerance = defaultTolerance } = options;
  const candidates = settings.map((measured) => ({
    measured,
    quality: mean(pick(measured.values, rows)),
    median: latencyOf(pick(measured.ms, rows)).p50,
  }));
  const [base] = candidates;
  const best = candidates.reduce((a, b) => (b.quality > a.quality ? b : a));
  const near = candidates.filter(({ quality }) => quality >= best.quality - tolerance);
  const fastest = near.reduce((a, b) =>
    b.median < a.median || (b.median === a.median && b.quality > a.quality) ? b : a,
  );
  const gains = gainsOf(fastest.measured, base!.measured, rows);
  const interval = bootstrapMean(gains, { resamples: 1000 });
  const proven = interval !== undefined && interval.low > 0;
  return { chosen: proven ? fastest.measured : base!.measured, candidate: fastest.measured, best: best.measured };
}

/** Values at some rows. */
export function pick(values: ArrayLike<number>, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!);
}

/** One setting less another, at some rows. */
export function gainsOf(a: MeasuredSetting, b: MeasuredSetting, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => a.values[row]! - b.values[row]!);
}
