import { checkRerankCall, passDown, requireInteger } from '../check.ts';
import { checkRole } from '../check-role.ts';
import type { Candidate, Content, Ranking, RerankOptions, Reranker } from '../types.ts';
import { keep, unplaced } from './order.ts';

/**
 * Reranks the first `size` candidates and leaves the rest below, untouched and in input order: for a costly reranker
 * that pays only near the top. Unlike `cut`, nothing is dropped.
 * @throws SecondpassError `invalid-argument` for what is no reranker, or unless `size` is a whole number of at least 1
 */
export function window(reranker: Reranker, size: number): Reranker {
  checkRole(reranker, 'rerank', 'window()');
  requireInteger('window(size)', size, 1);
  const name = `window(${reranker.name}, ${size})`;
  return {
    name,
    async rerank<C extends Candidate>(
      query: Content,
      candidates: readonly C[],
      options?: RerankOptions,
    ): Promise<Ranking<C>> {
      checkRerankCall(candidates, options, name);
      const ranking = await reranker.rerank(query, candidates.slice(0, size), passDown(options));
      const kept = keep([...ranking.results, ...unplaced(candidates).slice(size)], options, name, ranking.notes);
      return { ...ranking, results: kept.results, notes: [...ranking.notes, ...kept.notes] };
    },
  };
}
