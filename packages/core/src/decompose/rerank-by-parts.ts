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
  /**
   * Weight of the original question beside its parts (1 each unless they say otherwise). Default 0.9, so that of two
   * candidates with one vote each the one that answers a part goes first; 0 leaves the question out.
   */
  readonly questionWeight?: number | undefined;
  /**
   * Which candidates a part is scored against: `'own'`, those that were found for it (the default, where that is known:
   * in `decomposed` and `searchByHops`), or `'all'` of them. Own is the cheaper by far, and what a part did not find is
   * unknown to it, not bad.
   */
  readonly pairs?: 'own' | 'all' | undefined;
  /** For `softmax`, in units of the score: towards 0 it is `max`, far above the scores it is `mean`. Default 1. */
  readonly temperature?: number | undefined;
}

/** What was found for a part, by its index: the wordings it was asked in, and the ids that each found. */
export type FoundFor = (part: number) => readonly { readonly question: string; readonly ids: ReadonlySet<string> }[];

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
): (parts: readonly SubQuestion[], found?: FoundFor) => Reranker {
  checkOptionNames(options, ['combine', 'questionWeight', 'pairs', 'temperature'], 'rerankByParts()');
  const { combine = 'coverage', questionWeight = 0.9, pairs = 'own', temperature = 1 } = options ?? {};
  checkNumber('questionWeight', questionWeight, 0);
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
      const weights = [questionWeight, ...parts.map(({ weight = 1 }) => weight)];
      const notes: Note[] = [];
      const runs: Run[] = [];
      const scored = new Map<string, (number | undefined)[]>();
      /** Scores of these candidates against one question; what was scored before is not scored again. */
      const rowOf = async (question: Content, indices: readonly number[]): Promise<readonly (number | undefined)[]> => {
        const text = folded(textOf(question));
        const known = scored.get(text) ?? [];
        scored.set(text, known);
        const open = indices.filter((index) => !(index in known));
        if (open.length === 0 || (text === '' && question !== query)) return known;
        const list = open.map((index) => candidates[index]!);
        const row = await score(scorer, question, list, rerankOptions, notes, runs);
        for (const [at, index] of open.entries()) known[index] = row[at];
        return known;
      };
      const everyone = candidates.map((_, index) => index);
      const rows: ArrayLike<number | undefined>[] = [questionWeight === 0 ? [] : await rowOf(query, everyone)];
      for (const [index, part] of parts.entries()) {
        const asked = pairs === 'own' && found ? found(index) : undefined;
        const text = fillNeeds(part.text, part.needs ?? [], new Map());
        const row: (number | undefined)[] = [];
        for (const { question, ids } of asked ?? [{ question: text, ids: undefined }]) {
          const own = ids ? everyone.filter((at) => ids.has(candidates[at]!.id)) : everyone;
          const values = await rowOf(question, own);
          // Found by several wordings of the part: what the best of them says.
          for (const at of own) if (values[at] !== undefined) row[at] = Math.max(values[at], row[at] ?? -Infinity);
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
