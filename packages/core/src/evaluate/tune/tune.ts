import { checkInteger, checkNumber, checkOptionNames } from '../../check.ts';
import { SecondpassError } from '../../errors.ts';
import { mean } from '../mean.ts';
import { nDCG } from '../measures/ndcg.ts';
import { parseMeasure } from '../measures/parse-measure.ts';
import { choose } from './choose.ts';
import { judgedFindings } from './judged-findings.ts';
import { measureSettings } from './measure-settings.ts';
import { scorePairs } from './score-pairs.ts';
import { leastQueries, splitDepths, usableBlends, usableQueries } from './tune-inputs.ts';
import type { TuneOptions } from './tune-options.ts';
import type { TuneReport } from './tune-report.ts';
import { unjudgedFindings } from './unjudged-findings.ts';
import { withinBudget } from './within-budget.ts';

const optionNames = [
  'queries',
  'first',
  'textOf',
  'systems',
  'qrels',
  'measure',
  'depths',
  'blends',
  'budgetMs',
  'timeMs',
  'seed',
  'store',
  'onProgress',
  'signal',
];
const defaultDepths = [10, 20, 30, 50, 75, 100, 150, 200];

/**
 * Finds out whether reranking pays for these queries and texts, how deep, with which model and blend, and at what
 * latency. Scores each pair once; every depth and blend is then computed from the same scores. The recommendation is
 * chosen on half of the queries and held against the other half; cross-validation tells what such a choice gains on
 * unseen queries.
 * @throws SecondpassError `invalid-argument` for an option that is unknown or out of its range, fewer than 4 queries
 *   that can tell settings apart or were scored in time, and as `scorePairs`
 */
export async function tune(options: TuneOptions): Promise<TuneReport> {
  checkOptionNames(options, optionNames, 'tune()');
  checkInteger('seed', options.seed, 0);
  checkNumber('budgetMs', options.budgetMs, 0);
  checkNumber('timeMs', options.timeMs, 0);
  const { queries, first, qrels, systems, seed = 1, budgetMs } = options;
  if (systems.length === 0) throw new SecondpassError('invalid-argument', 'tune() needs at least one system to try.');
  const measure =
    typeof options.measure === 'string' ? parseMeasure(options.measure) : (options.measure ?? nDCG({ at: 10 }));
  const { measured: depths, unavailable } = splitDepths(options.depths ?? defaultDepths, first);
  const { blends, notes: blendNotes } = usableBlends(options.blends ?? [0, 0.1, 0.2, 0.3, 0.5, 0.7], first);
  const { candidates, notes } = usableQueries(queries, first, qrels);
  const matrix = (pairs: Parameters<typeof measureSettings>[0]['pairs'], used: readonly string[]) =>
    measureSettings({ first, qrels: qrels!, pairs, queries: used, depths, blends, measure });
  const quality = (system: string, pairs: Parameters<typeof matrix>[0], used: readonly string[]): number => {
    const own = matrix(new Map([[system, pairs.get(system)!]]), used);
    const rows = all(used.length);
    return mean(choose(withinBudget(own, [rows], budgetMs), rows, { tolerance: 0 }).best.values);
  };
  const scored = await scorePairs({
    ...options,
    depths,
    candidates,
    seed,
    quality: qrels ? quality : undefined,
  });
  if (qrels && scored.queries.length < leastQueries) {
    throw new SecondpassError(
      'invalid-argument',
      `Only ${scored.queries.length} of ${candidates.length} queries could be scored in ${((options.timeMs ?? 0) / 1000).toFixed(1)} s; tuning needs ${leastQueries} at the very least. Give it more time, or a smaller depth.`,
    );
  }
  const codeOf = new Map(systems.map(({ name, code }) => [name, code]));
  const shared = { first, pairs: scored.pairs, queries: scored.queries, depths, codeOf };
  const findings = qrels
    ? judgedFindings({
        ...shared,
        settings: matrix(scored.pairs, scored.queries),
        qrels,
        measure: measure.name,
        budgetMs,
        seed,
      })
    : unjudgedFindings({ ...shared, budgetMs });
  return {
    measure: measure.name,
    queries: { used: scored.queries.length, available: candidates.length },
    depths: { measured: depths, unavailable },
    systems: systems.map(({ name }) => name),
    dropped: scored.dropped,
    outOfTime: scored.outOfTime,
    ...findings,
    notes: [...notes, ...(qrels ? blendNotes : []), ...findings.notes],
  };
}

/** 0, 1, … count - 1. */
function all(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
