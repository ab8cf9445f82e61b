import { checkRerankCall } from '../check.ts';
import type { Reranker } from '../types.ts';
import { keep, unplaced } from './order.ts';

/** Leaves every candidate where it is: the unit of `cascade`, and the usual fallback. `minScore` keeps all: none has a score. */
export const inputOrder: Reranker = {
  name: 'input-order',
  async rerank(_query, candidates, options) {
    checkRerankCall(candidates, options, inputOrder.name);
    return { ...keep(unplaced(candidates), options, inputOrder.name, []), runs: [] };
  },
};
