import type { SearchParams } from '../client/search-client.ts';
import { hitLimit } from '../search/hit-limit.ts';

/** A search body that asks for `rankWindow` hits, or for as many as its retriever gives; a `size` of its own stays. */
export function withPoolSize(body: SearchParams, rankWindow: number): SearchParams {
  return { size: Math.min(rankWindow, hitLimit(body)?.most ?? rankWindow), ...body };
}
