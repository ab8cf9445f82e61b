// What is said of runs beyond their means. Each statistic is a turn of its own, so that a signal stops them.
import {
  type BootstrapOptions,
  bootstrapMean,
  compare,
  type Comparison,
  type Evaluation,
  holm,
  type Interval,
} from '@secondpass/core/evaluate';
import { inTurn } from './in-turn.ts';

/** Bootstrap intervals of a run's means, by measure; absent for a single query. */
export async function intervalsOf(
  perQuery: Readonly<Record<string, Float64Array>>,
  statistics: BootstrapOptions,
  signal: AbortSignal,
): Promise<Record<string, Interval>> {
  const intervals: Record<string, Interval> = {};
  await inTurn(Object.entries(perQuery), signal, ([measure, values]) => {
    const interval = bootstrapMean(values, statistics);
    if (interval) intervals[measure] = interval;
  });
  return intervals;
}

/** `compare`, one run with the first at a time; the p-values are corrected over all of them, as there. */
export async function comparisonOf(
  pairs: readonly (readonly [Evaluation, Evaluation])[],
  measure: string,
  statistics: BootstrapOptions,
  signal: AbortSignal,
): Promise<Comparison> {
  const comparisons = await inTurn(pairs, signal, (pair) => compare(pair, measure, statistics));
  const differences = comparisons.flatMap((comparison) => comparison.differences);
  const corrected = holm(differences.map(({ p }) => p));
  return {
    measure,
    baseline: comparisons[0]!.baseline,
    differences: differences.map((difference, index) => ({ ...difference, correctedP: corrected[index]! })),
  };
}
