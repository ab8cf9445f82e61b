import { requireInteger, checkRerankCall } from '../check.ts';
import type { Reranker } from '../types.ts';
import { keep, unplaced } from './order.ts';

/**
 * Keeps the first `k` candidates and drops the rest: for between the stages of a cascade. In `cascade`, what it keeps
 * keeps the score of the stage before.
 * @throws SecondpassError `invalid-argument` unless `k` is a whole number of at least 0
 */
export function cut(k: number): Reranker {
  requireInteger('cut(k)', k, 0);
  const name = `cut(${k})`;
  return {
    name,
    async rerank(_query, candidates, options) {
      checkRerankCall(candidates, options, name);
      return { ...keep(unplaced(candidates).slice(0, k), options, name, []), runs: [] };
    },
  };
}
