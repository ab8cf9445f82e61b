import { checkQuery, checkRerankCall, duplicateIdNotes, emit, passDown } from '../check.ts';
import { checkRole } from '../check-role.ts';
import type { Candidate, Content, Note, Ranking, RerankOptions, Reranker, Scorer } from '../types.ts';
import { keep, rankByScore } from './order.ts';
import { unscoredReasons } from './unscored-reasons.ts';

/**
 * Lifts a scorer to a reranker: highest score first, ties in input order, unscored candidates below with a note.
 *
 * @example
 * const reranker = byScore(await loadCrossEncoder());
 * const { results } = await reranker.rerank('who wrote Dune?', candidates, { topK: 5 });
 * @throws SecondpassError `invalid-argument` for what is no scorer; from `rerank` also for an empty query, a wrong
 *   option, what is no candidate, and a threshold of a kind that the scores do not convert to; `invalid-score` for
 *   scores that are none
 */
export function byScore(scorer: Scorer): Reranker {
  checkRole(scorer, 'score', 'byScore()');
  const by = scorer.name;
  return {
    name: by,
    async rerank<C extends Candidate>(
      query: Content,
      candidates: readonly C[],
      options?: RerankOptions,
    ): Promise<Ranking<C>> {
      checkRerankCall(candidates, options, by);
      checkQuery(query, by);
      if (candidates.length === 0) return { results: [], notes: [], runs: [] };
      const started = performance.now();
      emit(options, { type: 'rerank-start', by, candidates: candidates.length });
      const { value, notes = [], run } = await scorer.score(query, candidates, passDown(options));
      options?.signal?.throwIfAborted();
      const ranked = rankByScore(candidates, value, { by, kind: scorer.kind });
      const kept = keep(ranked, options, by, notes);
      const durationMs = performance.now() - started;
      emit(options, { type: 'rerank-end', by, durationMs, ...(run?.usage && { usage: run.usage }) });
      return {
        results: kept.results,
        notes: [
          ...duplicateIdNotes(candidates, by),
          ...notes,
          ...unscoredNotes(candidates, value.scores, notes, by),
          ...kept.notes,
        ],
        runs: [run ?? { by, durationMs }],
      };
    },
  };
}

/** A note for what stayed unscored, unless the scorer itself has already said why. */
function unscoredNotes(
  candidates: readonly Candidate[],
  scores: ArrayLike<number | undefined>,
  said: readonly Note[],
  by: string,
): Note[] {
  const explained = new Set(said.flatMap((note) => (unscoredReasons.has(note.code) ? (note.ids ?? []) : [])));
  const ids = candidates
    .filter(({ id }, index) => scores[index] === undefined && !explained.has(id))
    .map(({ id }) => id);
  if (ids.length === 0) return [];
  return [
    { code: 'unscored', by, message: `${ids.length} candidate(s) got no score and stand below the scored ones.`, ids },
  ];
}
