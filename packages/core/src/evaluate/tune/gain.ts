import { mean } from '../mean.ts';
import { bootstrapMean, type Interval } from '../statistics/bootstrap.ts';
import { randomisationTest } from '../statistics/randomisation.ts';

/** A mean gain over the first stage, in units of the measure, and how certain it is. */
export interface Gain {
  readonly gain: number;
  /** 95 %, paired by query; none of fewer than two queries. */
  readonly interval?: Interval;
  /** How often chance gives a gain as far from 0, between 0 and 1: `randomisationTest`, two-sided. */
  readonly p: number;
}

/** The mean of `gains`, one per query, with an interval and a p from so many `resamples`. */
export function gainOf(
  gains: ArrayLike<number>,
  options: { readonly resamples: number; readonly seed?: number },
): Gain {
  const interval = bootstrapMean(gains, options);
  const p = randomisationTest(gains, { samples: options.resamples, seed: options.seed });
  return { gain: mean(gains), ...(interval && { interval }), p };
}

/**
 * True if a gain is no chance: its 95 % interval stays above 0, and since intervals of few queries are too narrow, the
 * randomisation test gives a p of at most .05, which takes six queries that differ.
 */
export function isProof(gain: Gain | undefined): boolean {
  return gain?.interval !== undefined && gain.interval.low > 0 && gain.p <= 0.05;
}
