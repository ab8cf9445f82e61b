import {
  checkNumber,
  checkOptionNames,
  checkQuery,
  checkRerankCall,
  duplicateIdNotes,
  emit,
  passDown,
} from '../check.ts';
import { textOf } from '../content.ts';
import { SecondpassError } from '../errors.ts';
import { keep, rankByScore } from '../rerank/order.ts';
import type {
  Candidate,
  Content,
  Note,
  Ranking,
  RerankOptions,
  Reranker,
  Run,
  Score,
  Scorer,
  SubQuestion,
} from '../types.ts';
import { blends, type BlendName } from './blend-parts.ts';
import { coverageOrder } from './coverage-order.ts';
import { folded } from './distinct-parts.ts';
import { fillNeeds } from './fill-needs.ts';

export interface RerankByPartsOptions {
  /**
   * How scores against the question and against its parts become one order:
   *   'coverage'  every part gets its best evidence before any part gets a second helping; the default
   *   'max'       the best score against any of them
   *   'mean'      the weighted mean
   *   'softmax'   the mean weighted by the scores themselves: between `mean` and `max`, by `temperature`
   */
  readonly combine?: 'coverage' | BlendName | undefined;
  /** Weight of the original question beside its parts (1 each unless they say otherwise). Default 1; 0 leaves it out. */
  readonly questionWeight?: number | undefined;
  /** For `softmax`, in units of the score: towards 0 it is `max`, far above the scores it is `mean`. Default 1. */
  readonly temperature?: number | undefined;
}

/**
 * Reranks by a question and its parts: evidence for one part of a question need not look relevant to the whole of it.
 * Every candidate is scored against the question and against each part, each pair once, and the scores are combined.
 *
 * Give the result to `decomposed` as its reranker: it is made anew for the parts of each question. Without parts it
 * is the plain order by score.
 *
 * A result's `detail.parts` holds its score per part, in the order of the parts, and `earlier` its score against the
 * question itself. The score that placed it is of kind `fused`. A placeholder without an answer is left out of a part's text.
 *
 * @param scorer must be pointwise: a cross-encoder, for example
 * @example
 * const searcher = decomposed(bm25, decomposeByRules(), coverQuestions(), rerankByParts(await loadCrossEncoder()));
 */
export function rerankByParts(
  scorer: Scorer,
  options?: RerankByPartsOptions,
): (parts: readonly SubQuestion[]) => Reranker {
  checkOptionNames(options, ['combine', 'questionWeight', 'temperature'], 'rerankByParts()');
  const { combine = 'coverage', questionWeight = 1, temperature = 1 } = options ?? {};
  checkNumber('questionWeight', questionWeight, 0);
  checkNumber('temperature', temperature, Number.MIN_VALUE);
  if (combine !== 'coverage' && !Object.hasOwn(blends, combine)) {
    throw new SecondpassError(
      'invalid-argument',
      `combine is "${String(combine)}"; known: coverage, ${Object.keys(blends).join(', ')}.`,
    );
  }
  const by = `by-parts(${scorer.name}, ${combine})`;
  return (parts) => ({
    name: by,
    async rerank<C extends Candidate>(
      query: Content,
      candidates: readonly C[],
      rerankOptions?: RerankOptions,
    ): Promise<Ranking<C>> {
      checkRerankCall(candidates, rerankOptions, by);
      checkQuery(query, by);
      if (candidates.length === 0) return { results: [], notes: [], runs: [] };
      const started = performance.now();
      emit(rerankOptions, { type: 'rerank-start', by, candidates: candidates.length });
      const questions: Content[] = [query, ...parts.map(({ text, needs = [] }) => fillNeeds(text, needs, new Map()))];
      const weights = [questionWeight, ...parts.map(({ weight = 1 }) => weight)];
      const rows: ArrayLike<number | undefined>[] = [];
      const notes: Note[] = [];
      const runs: Run[] = [];
      const asked = new Map<string, ArrayLike<number | undefined>>();
      for (const question of questions) {
        const key = folded(textOf(question));
        let row = asked.get(key);
        if (!row) {
          row =
            key === '' && question !== query
              ? []
              : await score(scorer, question, candidates, rerankOptions, notes, runs);
          asked.set(key, row);
        }
        rows.push(row);
      }
      const scores =
        combine === 'coverage'
          ? coverageOrder(rows, weights, candidates.length)
          : candidates.map((_, at) => blends[combine](knownAt(rows, weights, at), temperature));
      const details = candidates.map((_, at) => ({ parts: rows.slice(1).map((row) => scoreOf(row[at], scorer)) }));
      const ranked = rankByScore(candidates, { scores, details }, { by, kind: 'fused' }).map((result) => {
        const own = scoreOf(rows[0]![result.originalIndex], scorer);
        return own && result.placedBy !== undefined ? { ...result, earlier: [own] } : result;
      });
      const kept = keep(ranked, rerankOptions, by);
      emit(rerankOptions, { type: 'rerank-end', by, durationMs: performance.now() - started });
      const unscored = ranked.filter(({ score: placed }) => !placed).map(({ candidate }) => candidate.id);
      if (unscored.length > 0) {
        const message = `${unscored.length} candidate(s) got no score for any part and stand below the scored ones.`;
        notes.push({ code: 'unscored', by, message, ids: unscored });
      }
      return { results: kept.results, notes: [...duplicateIdNotes(candidates, by), ...notes, ...kept.notes], runs };
    },
  });
}

async function score(
  scorer: Scorer,
  question: Content,
  candidates: readonly Candidate[],
  options: RerankOptions | undefined,
  notes: Note[],
  runs: Run[],
): Promise<ArrayLike<number | undefined>> {
  const started = performance.now();
  const { value, notes: said = [], run } = await scorer.score(question, candidates, passDown(options));
  options?.signal?.throwIfAborted();
  // Refuses what is no score, in the one place that does.
  rankByScore(candidates, value, { by: scorer.name, kind: scorer.kind });
  notes.push(...said);
  runs.push(run ?? { by: scorer.name, durationMs: performance.now() - started });
  return value.scores;
}

function knownAt(
  rows: readonly ArrayLike<number | undefined>[],
  weights: readonly number[],
  at: number,
): (readonly [number, number])[] {
  return rows.flatMap((row, index) => {
    const value = row[at];
    return value === undefined || weights[index] === 0 ? [] : [[value, weights[index]!] as const];
  });
}

function scoreOf(value: number | undefined, { kind, name }: Scorer): Score | undefined {
  return value === undefined ? undefined : { value, kind, by: name };
}
