/** What a caller asked for: `from` and `size`, or a place in the window that a cursor names. */
export interface PageWish {
  /** 0-based place of the first hit wanted. */
  readonly start: number;
  readonly size: number;
  readonly window: number;
  /** The ranking ends with the window: `topK` or `minScore` was given. */
  readonly ends: boolean;
  /** The page is asked for by a cursor, so that `from` cannot be sent. */
  readonly byCursor?: boolean;
  /** The search has so many hits at most and refuses to be asked for more; at least `window`. Default: no limit. */
  readonly most?: number | undefined;
}

/** What to send, and what of the answer is the page. */
export interface PagePlan {
  readonly from: number;
  readonly size: number;
  /** Rerank the first `window` hits of the answer. */
  readonly rerank: boolean;
  /** The page is `[skip, skip + size)` of what came, after reranking. */
  readonly skip: number;
}

/**
 * The paging contract. The ranking is the reranked window and, below it, the first stage's order. Any page that touches
 * the window asks for the whole window, so that every such page is cut from one and the same ranking; any other page is
 * asked for as it is. So pages neither overlap nor leave a gap, as long as `window` and the index stay the same. A page
 * of more than `most` hits is asked for all the same: to refuse it is the cluster's business.
 */
export function planPage({ start, size, window, ends, byCursor = false, most = Infinity }: PageWish): PagePlan {
  const untilPageEnd = Math.min(start + size, Math.max(size, most));
  if (start < window) {
    return { from: 0, size: ends ? window : Math.max(window, untilPageEnd), rerank: true, skip: start };
  }
  if (ends) return { from: 0, size: 0, rerank: false, skip: 0 };
  if (byCursor) return { from: 0, size: untilPageEnd, rerank: false, skip: start };
  return { from: start, size, rerank: false, skip: 0 };
}
