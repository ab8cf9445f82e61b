import type { SearchParams } from '../client/search-client.ts';
import { hitLimit } from '../search/hit-limit.ts';
import { withNeighbours } from '../search/neighbours.ts';

/**
 * A search body that asks for `rankWindow` hits, or for as many as its retriever gives; a `size` of its own stays. A
 * kNN search without `k` finds as many neighbours as are asked for.
 */
export function withPoolSize(body: SearchParams, rankWindow: number): SearchParams {
  const most = Math.min(rankWindow, hitLimit(body)?.most ?? rankWindow);
  const { size = most } = body;
  return { ...withNeighbours(body, size > 0 ? size : most), size };
}
