import { checkOptionNames } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import type { Note } from '../types.ts';
import { coverageNotes } from './coverage-notes.ts';
import { twoLists } from './from-objects.ts';
import { mean } from './mean.ts';
import type { Measure } from './measures/measure.ts';
import { parseMeasure } from './measures/parse-measure.ts';
import type { Qrels, RankedList, RankedRun } from './run.ts';

/** What one run scored. `queries[i]` has the value `perQuery[name][i]`. */
export interface Evaluation {
  readonly run: string;
  /** Measure, by its printed name, to its mean over `queries`. */
  readonly means: Readonly<Record<string, number>>;
  /** The judged queries, in the order of the judgments; with `average: 'answered'` only those the run answered. */
  readonly queries: readonly string[];
  readonly perQuery: Readonly<Record<string, Float64Array>>;
  /** How many judged queries the run answered. */
  readonly answered: number;
  readonly notes: readonly Note[];
}

/** How a run is evaluated. */
export interface EvaluateOptions {
  /**
   * `judged` (default): the mean over all judged queries; one that the run does not answer counts as 0 (trec_eval -c,
   * ir-measures). `answered`: only over those it answers (trec_eval without -c); runs then compare only over equal
   * ones.
   */
  readonly average?: 'judged' | 'answered' | undefined;
}

/**
 * Measures a run against judgments. Queries without judgments are passed over; judged queries without a relevant
 * document count as 0, as in trec_eval.
 *
 * @example
 * const { means } = evaluate(await readQrels('qrels.tsv'), await readTrecRun('bm25.trec'), ['nDCG@10', 'Recall@100']);
 * expect(means['nDCG@10']).toBeGreaterThan(0.6);
 * @throws SecondpassError `invalid-argument` for a measure that does not exist, if there are no judgments, or if run
 *   and judgments have no query in common
 */
export function evaluate(
  qrels: Qrels,
  run: RankedRun,
  measures: readonly (Measure | string)[],
  options?: EvaluateOptions,
): Evaluation {
  const rows = evaluator(qrels, measures, options);
  for (const [query, hits] of run.lists) rows.add({ query, hits });
  return rows.end(run.name, run.notes);
}

/**
 * `evaluate` on lists that come one at a time, as `streamTrecRun` gives them: the run is never whole in memory. What
 * the generator returns are the run's notes.
 * @throws SecondpassError `invalid-argument` as `evaluate`, and if a query comes twice
 */
export async function evaluateLists(
  qrels: Qrels,
  name: string,
  lists: AsyncIterable<RankedList, readonly Note[] | void>,
  measures: readonly (Measure | string)[],
  options?: EvaluateOptions,
): Promise<Evaluation> {
  const rows = evaluator(qrels, measures, options);
  let notes: readonly Note[] = [];
  const withNotes = async function* (): AsyncGenerator<RankedList> {
    notes = (yield* lists) ?? [];
  };
  const seen = new Set<string>();
  for await (const list of withNotes()) {
    if (seen.has(list.query)) throw twoLists(name, list.query);
    seen.add(list.query);
    rows.add(list);
  }
  return rows.end(name, notes);
}

function evaluator(
  qrels: Qrels,
  given: readonly (Measure | string)[],
  options: EvaluateOptions | undefined,
): { add(list: RankedList): void; end(name: string, notes: readonly Note[]): Evaluation } {
  checkOptionNames(options, ['average'], 'evaluate()');
  const average = options?.average ?? 'judged';
  if (average !== 'judged' && average !== 'answered') {
    throw new SecondpassError('invalid-argument', `average is "${String(average)}"; it is "judged" or "answered".`);
  }
  const measures = given.map((measure) => (typeof measure === 'string' ? parseMeasure(measure) : measure));
  const values = new Map<string, readonly number[]>();
  let strangers = 0;
  return {
    add({ query, hits }) {
      const grades = qrels.get(query);
      const ranking = hits.map(({ id }) => id);
      if (grades)
        values.set(
          query,
          measures.map((measure) => measure.score(ranking, grades)),
        );
      else strangers++;
    },
    end(name, notes) {
      if (qrels.size === 0) throw new SecondpassError('invalid-argument', 'There are no judgments to measure by.');
      if (values.size === 0) {
        const [judged] = qrels.keys();
        throw new SecondpassError(
          'invalid-argument',
          `The run "${name}" answers none of the ${qrels.size} judged queries (the first is "${judged}"). Do run and judgments belong together?`,
        );
      }
      const queries = [...qrels.keys()].filter((query) => average === 'judged' || values.has(query));
      const columns = measures.map(
        (measure, column) =>
          [measure.name, Float64Array.from(queries, (query) => values.get(query)?.[column] ?? 0)] as const,
      );
      return {
        run: name,
        means: Object.fromEntries(columns.map(([measure, column]) => [measure, mean(column)])),
        queries,
        perQuery: Object.fromEntries(columns),
        answered: values.size,
        notes: [...notes, ...coverageNotes(qrels, values, strangers, average, name)],
      };
    },
  };
}
