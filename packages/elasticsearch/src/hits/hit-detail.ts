import type { Note, Score } from '@secondpass/core';
import type { Hit } from '../client/search-client.ts';

/**
 * What stands beside a hit, under `_secondpass`. Its order is that of the hits; there is no second rank to disagree.
 */
export interface HitDetail {
  /** The search's own view: score, 1-based place in its order (absent where nobody can know it), and `sort` values. */
  readonly firstStage: {
    readonly score: number | null;
    readonly place?: number;
    readonly sort?: readonly unknown[];
  };
  /** Who put the hit where it is. Absent: nobody moved it. */
  readonly placedBy?: string;
  /**
   * The score that put it there, with what it means. Its value is also `_score`, unless an earlier stage gave it and a
   * later one scored other hits: then `_score` is `null`, since the two do not compare.
   */
  readonly score?: Score;
  /** Scores of earlier stages, oldest first; with a blend also the reranker's. */
  readonly earlier?: readonly Score[];
  /** The reranker's raw logit, where it has one. */
  readonly logit?: number;
  /**
   * The passage that earned the score: its text, and the character offsets within the hit's text where they are known.
   */
  readonly passage?: { readonly text: string; readonly start?: number; readonly end?: number };
  /** What the blend saw. */
  readonly signals?: Readonly<Record<string, number>>;
  /** In fused searches: which search found it, at which 1-based rank, with which score. */
  readonly sources?: readonly { readonly search: string; readonly rank: number; readonly score: number | null }[];
}

export type RerankedHit<H, K extends string = '_secondpass'> = H & { readonly [P in K]: HitDetail };

/** What `response.rerank` says of a reranked response. */
export interface RerankSummary {
  /** True if the hits of this response stand in the reranker's order as far as the window goes. */
  readonly applied: boolean;
  /** Why not, if not. */
  readonly reason?: 'failed' | 'timed-out' | 'beyond-window' | 'no-hits' | 'nothing-scored';
  /** The window asked for, or how many hits a retriever gives where these are fewer. */
  readonly window: number;
  /** Hits of the window with a score or place from the reranker. */
  readonly scored: number;
  /** Hits of the window without. */
  readonly unscored: number;
  /** Milliseconds for reranking alone; `took` is still the search's. */
  readonly took: number;
  readonly reranker: string;
  readonly model?: string;
  readonly device?: string;
  /** What went less well than asked. A `cause` is not enumerable, so JSON does not hold it. */
  readonly notes: readonly Note[];
}

export interface RerankedHits<H extends Hit, K extends string = '_secondpass'> {
  readonly hits: RerankedHit<H, K>[];
  readonly rerank: RerankSummary;
}
