import { checkRerankCall, passDown } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { SecondpassError } from '../errors.ts';
import type { Candidate, Content, Note, Ranked, Ranking, RerankOptions, Reranker, Run } from '../types.ts';
import { keep, unplaced } from './order.ts';

/**
 * Runs rerankers one after another, each on what the one before left: cheap and broad first, costly and narrow last.
 * Associative, with `inputOrder` as its unit. A stage that places an item replaces its score; the older score moves to
 * `earlier`. `topK` and `minScore` apply once, at the end. Give different scorers different names: by its name a score
 * is told from another's, and scores fall within what one name placed only if that name places once.
 * @throws SecondpassError `invalid-argument` for what is no reranker; from `rerank` what a stage throws, and `failed`
 *   for one that returns a place which is not in its list
 */
export function cascade(...stages: readonly Reranker[]): Reranker {
  for (const stage of stages) checkRole(stage, 'rerank', 'cascade()');
  const name = stages.length === 0 ? 'input-order' : stages.map((stage) => stage.name).join(' > ');
  return {
    name,
    async rerank<C extends Candidate>(
      query: Content,
      candidates: readonly C[],
      options?: RerankOptions,
    ): Promise<Ranking<C>> {
      checkRerankCall(candidates, options, name);
      let results: readonly Ranked<C>[] = unplaced(candidates);
      const notes: Note[] = [];
      const runs: Run[] = [];
      for (const stage of stages) {
        options?.signal?.throwIfAborted();
        const before = results;
        const ranking = await stage.rerank(
          query,
          before.map(({ candidate }) => candidate),
          passDown(options),
        );
        results = ranking.results.map((after) =>
          placeAfter(before[after.originalIndex], after, stage.name, before.length),
        );
        notes.push(...ranking.notes);
        runs.push(...ranking.runs);
      }
      const kept = keep(results, options, name, notes);
      return { results: kept.results, notes: [...notes, ...kept.notes], runs };
    },
  };
}

/** One item after a stage: where it came from at first, and what every stage said of it, the last one to place it first. */
function placeAfter<C extends Candidate>(
  before: Ranked<C> | undefined,
  after: Ranked<C>,
  stage: string,
  given: number,
): Ranked<C> {
  if (!before) {
    const fact = `${stage} returned index ${after.originalIndex} of a list of ${given} candidate(s).`;
    throw new SecondpassError('failed', `${fact} Run testReranker from @secondpass/core/testing on it.`);
  }
  if (after.placedBy === undefined) return before;
  const earlier = [...(before.earlier ?? []), ...(before.score ? [before.score] : []), ...(after.earlier ?? [])];
  return { ...after, originalIndex: before.originalIndex, ...(earlier.length > 0 && { earlier }) };
}
