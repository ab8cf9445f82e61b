// What is said of runs beyond their means. Each statistic is a turn of its own, so that a signal stops them.
import {
  type Agreement,
  type BootstrapOptions,
  bootstrapMean,
  compare,
  type Comparison,
  type Evaluation,
  holm,
  type Interval,
  type RankedRun,
} from '@secondpass/core/evaluate';
import { inTurn } from './in-turn.ts';

/** One run's agreement with the first: mean over the queries where it means anything. */
export interface AgreementWithFirst {
  readonly run: string;
  readonly measure: string;
  readonly value: number;
  readonly queries: number;
}

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

export async function agreementOf(
  first: RankedRun,
  run: RankedRun,
  measure: Agreement,
  signal: AbortSignal,
): Promise<AgreementWithFirst> {
  const values = await inTurn(first.lists, signal, ([query, hits]) => {
    const others = run.lists.get(query);
    const agreement =
      others &&
      measure.agree(
        hits.map(({ id }) => id),
        others.map(({ id }) => id),
      );
    return agreement ?? [];
  }).then((all) => all.flat());
  return {
    run: run.name,
    measure: measure.name,
    value: values.reduce((sum, value) => sum + value, 0) / values.length,
    queries: values.length,
  };
}
