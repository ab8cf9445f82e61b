import { checkNumber, checkOptionNames, checkQuery, checkRerankCall, duplicateIdNotes, emit } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { textOf } from '../content.ts';
import { SecondpassError } from '../errors.ts';
import { keep, rankByScore } from '../rerank/order.ts';
import type { SubQuestion } from '../search-types.ts';
import type { Candidate, Content, Note, Ranking, RerankOptions, Reranker, Score, Scorer } from '../types.ts';
import { blends, type BlendName } from './blend-parts.ts';
import { coverageOrder } from './coverage-order.ts';
import { folded } from './distinct-parts.ts';
import type { FoundFor } from './found-for.ts';
import { hearParts } from './hear-parts.ts';

export interface RerankByPartsOptions {
  /**
   * How scores against the question and against its parts become one order:
   *   'coverage'  every part gets its best evidence before any part gets a second helping; the default
   *   'max'       the best score against any of them
   *   'mean'      the weighted mean
   *   'softmax'   the mean weighted by the scores themselves: between `mean` and `max`, by `temperature`
   */
  readonly combine?: 'coverage' | BlendName | undefined;
  /**
   * Weight of the original question beside its parts (1 each unless they say otherwise). Default 0.5, so that what answers
   * a part goes before what merely looks like the whole question; 0 leaves the question out, where any part has a
   * weight.
   */
  readonly questionWeight?: number | undefined;
  /**
   * How much the order counts in which a part's own list was found, from 0 (not) to 0.99; the scorer counts the rest.
   * Default 0.1, for a scorer that reads first-stage scores, as the embedded model's lines do; 0.2 suits one that does not.
   * What nobody knows the list of is judged by the scorer alone.
   */
  readonly firstStage?: number | undefined;
  /**
   * Which candidates a part is scored against: `'own'`, those that were found for it (the default, where that is known:
   * in `decomposed` and `searchByHops`), or `'all'` of them. Own is the cheaper by far, and what a part did not find is
   * unknown to it, not bad.
   */
  readonly pairs?: 'own' | 'all' | undefined;
  /** For `softmax`, in units of the score: towards 0 it is `max`, far above the scores it is `mean`. Default 1. */
  readonly temperature?: number | undefined;
}

/**
 * Reranks by a question and its parts: evidence for one part of a question need not look relevant to the whole of it.
 * Every candidate is scored against the question and against each part, each pair once, and the scores are combined.
 *
 * Give the result to `decomposed` as its reranker: it is made anew for the parts of each question. Without parts the
 * scores for the question alone decide.
 *
 * Each candidate is scored with the first-stage score that it had in the part's own list, so that a scorer that reads it
 * (`firstStage`, `logisticBlend`) reads the right one; and the rank in that list adds to the score: at rank r,
 * `firstStage / (1 - firstStage)` times the range of all scores, by log2(1 + r).
 *
 * A result's `detail.parts` holds its score per part, in the order of the parts (in `searchByHops` one more at the end,
 * for what followed from the question), and `earlier` its score against the question itself. The score that placed it
 * is of kind `fused`. A placeholder without an answer is left out of a part's text.
 *
 * @param scorer must be pointwise: what `loadReranker` gives, a cross-encoder, late interaction
 * @throws SecondpassError `invalid-argument` for a scorer that is not pointwise, and an option that is unknown or out
 *   of its range
 * @example
 * const model = await loadReranker();
 * const searcher = decomposed(bm25, decomposeByRules(), coverQuestions(), rerankByParts(model.scorer));
 */
export function rerankByParts(
  scorer: Scorer,
  options?: RerankByPartsOptions,
): (parts: readonly SubQuestion[], found?: FoundFor) => Reranker {
  checkRole(scorer, 'score', 'rerankByParts()');
  checkOptionNames(options, ['combine', 'questionWeight', 'firstStage', 'pairs', 'temperature'], 'rerankByParts()');
  const {
    combine = 'coverage',
    questionWeight = 0.5,
    firstStage = 0.1,
    pairs = 'own',
    temperature = 1,
  } = options ?? {};
  if (!scorer.pointwise) {
    const fact = `${scorer.name} is not pointwise: what it says of a candidate depends on the rest of the list`;
    throw new SecondpassError('invalid-argument', `${fact}, and each part has another list. Pass one of the scorers it is made of.`); // prettier-ignore
  }
  checkNumber('questionWeight', questionWeight, 0);
  checkNumber('firstStage', firstStage, 0, 0.99);
  checkNumber('temperature', temperature, Number.MIN_VALUE);
  if (combine !== 'coverage' && !Object.hasOwn(blends, combine)) {
    throw new SecondpassError(
      'invalid-argument',
      `combine is "${String(combine)}"; known: coverage, ${Object.keys(blends).join(', ')}.`,
    );
  }
  if (pairs !== 'own' && pairs !== 'all') {
    throw new SecondpassError('invalid-argument', `pairs is "${String(pairs)}"; known: own, all.`);
  }
  const by = `by-parts(${scorer.name}, ${combine})`;
  return (parts, found) => ({
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
      // Where no part has a say, somebody must: most questions have no parts. What followed from the question is none.
      const own = folded(textOf(query));
      const isSaid = parts.some(({ text, weight = 1 }) => weight > 0 && folded(text) !== own);
      const ownWeight = questionWeight === 0 && !isSaid ? 1 : questionWeight;
      const weights = [ownWeight, ...parts.map(({ weight = 1 }) => weight)];
      const notes: Note[] = [];
      const heard = await hearParts(scorer, query, parts, candidates, {
        found,
        pairs,
        firstStage,
        skipQuestion: ownWeight === 0,
        options: rerankOptions,
      });
      const { said, rows } = heard;
      const scores =
        combine === 'coverage'
          ? coverageOrder(rows, weights, candidates.length)
          : candidates.map((_, at) => blends[combine](knownAt(rows, weights, at), temperature));
      const details = candidates.map((_, at) => ({
        parts: said.slice(1).map((row) => scoreOf(row[at], scorer)),
      }));
      const ranked = rankByScore(candidates, { scores, details }, { by, kind: 'fused' }).map((result) => {
        const own = scoreOf(said[0]![result.originalIndex], scorer);
        return own ? { ...result, earlier: [own] } : result;
      });
      const kept = keep(ranked, rerankOptions, by, notes);
      emit(rerankOptions, { type: 'rerank-end', by, durationMs: performance.now() - started });
      const unscored = ranked.filter(({ score: placed }) => !placed).map(({ candidate }) => candidate.id);
      if (unscored.length > 0) {
        const message = `${unscored.length} candidate(s) got no score for any part and stand below the scored ones.`;
        notes.push({ code: 'unscored', by, message, ids: unscored });
      }
      return {
        results: kept.results,
        notes: [...duplicateIdNotes(candidates, by), ...heard.notes, ...notes, ...kept.notes],
        runs: heard.runs,
      };
    },
  });
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
