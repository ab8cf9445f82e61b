import { checkOptionNames } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import type { Evaluation } from './evaluate.ts';
import { mean } from './mean.ts';
import { bootstrapMean, type BootstrapOptions, type Interval } from './statistics/bootstrap.ts';
import { holm } from './statistics/holm.ts';
import { randomisationTest } from './statistics/randomisation.ts';

/** One run against the baseline, by one measure. */
export interface Difference {
  readonly run: string;
  /** Mean of this run less mean of the baseline, over the queries that both have. */
  readonly difference: number;
  /** Paired bootstrap interval of that difference. Absent with fewer than two queries. */
  readonly interval?: Interval;
  /** Two-sided paired randomisation test, alone and with Holm's correction over the runs compared here. */
  readonly p: number;
  readonly correctedP: number;
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
  /** Each query and its difference, most gained first; equal ones in the order of the judgments. */
  readonly perQuery: readonly { readonly query: string; readonly difference: number }[];
}

/** Runs against their baseline by one measure. */
export interface Comparison {
  readonly measure: string;
  readonly baseline: string;
  readonly differences: readonly Difference[];
}

/** Differences smaller than this are ties: they come from the order of additions. */
const tie = 1e-9;

/**
 * Compares runs with the first one, query by query: difference with a paired confidence interval, a test, and who won
 * and lost where. All evaluations must come from the same judgments.
 *
 * @param options how the interval is drawn; the test takes `resamples` and `seed` too
 * @throws SecondpassError `invalid-argument` if a run lacks the measure, or has no query in common with the first
 */
export function compare(evaluations: readonly Evaluation[], measure: string, options?: BootstrapOptions): Comparison {
  checkOptionNames(options, ['resamples', 'level', 'seed'], 'compare()');
  const [baseline, ...others] = evaluations;
  if (!baseline)
    throw new SecondpassError('invalid-argument', 'compare() needs at least one evaluation, the baseline first.');
  const base = columnOf(baseline, measure);
  const rows = others.map((evaluation) => {
    const values = columnOf(evaluation, measure);
    const perQuery = [...base]
      .filter(([query]) => values.has(query))
      .map(([query, value]) => ({ query, difference: values.get(query)! - value }));
    if (perQuery.length === 0) {
      throw new SecondpassError(
        'invalid-argument',
        `Runs "${baseline.run}" and "${evaluation.run}" have no query in common.`,
      );
    }
    const differences = perQuery.map(({ difference }) => difference);
    const interval = bootstrapMean(differences, options);
    return {
      run: evaluation.run,
      difference: mean(differences),
      ...(interval && { interval }),
      p: randomisationTest(differences, { samples: options?.resamples, seed: options?.seed }),
      wins: differences.filter((difference) => difference > tie).length,
      ties: differences.filter((difference) => Math.abs(difference) <= tie).length,
      losses: differences.filter((difference) => difference < -tie).length,
      perQuery: perQuery.sort((a, b) => b.difference - a.difference),
    };
  });
  const corrected = holm(rows.map(({ p }) => p));
  return {
    measure,
    baseline: baseline.run,
    differences: rows.map((row, index) => ({ ...row, correctedP: corrected[index]! })),
  };
}

function columnOf({ run, queries, perQuery }: Evaluation, measure: string): Map<string, number> {
  const column = perQuery[measure];
  if (column) return new Map(queries.map((query, index) => [query, column[index]!]));
  throw new SecondpassError(
    'invalid-argument',
    `Run "${run}" was not measured by "${measure}"; it has ${Object.keys(perQuery).join(', ')}.`,
  );
}
