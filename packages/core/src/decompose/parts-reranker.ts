import type { SubQuestion } from '../search-types.ts';
import type { Reranker } from '../types.ts';
import type { FoundFor } from './found-for.ts';

/** A reranker, or one made for the parts of the question at hand, as they were asked: `rerankByParts(...)`. */
export type PartsReranker = Reranker | ((parts: readonly SubQuestion[], found: FoundFor) => Reranker);

/** The same round a reranker and round each that is made for the parts of a question: limits, traces. */
export function wrapEach(reranker: PartsReranker, wrap: (reranker: Reranker) => Reranker): PartsReranker {
  return typeof reranker === 'function' ? (parts, found) => wrap(reranker(parts, found)) : wrap(reranker);
}
