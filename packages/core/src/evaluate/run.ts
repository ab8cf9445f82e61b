import type { Note } from '../types.ts';

/** One retrieved document: its id, and the score that its system gave it, if it gave one. */
export interface Hit {
  readonly id: string;
  readonly score?: number | undefined;
}

/**
 * What one system returned for one query, best first. The array is the ranking: measures read its order, not the
 * scores.
 */
export interface RankedList {
  readonly query: string;
  readonly hits: readonly Hit[];
}

/** What one system returned for many queries. */
export interface RankedRun {
  readonly name: string;
  /** Query id to its hits, best first. */
  readonly lists: ReadonlyMap<string, readonly Hit[]>;
  /** What was odd about the file it came from and is defined all the same. */
  readonly notes: readonly Note[];
}

/**
 * Judgments: query id to document id to grade. A grade of 0 or below is "judged and not relevant"; absent is unjudged.
 */
export type Qrels = ReadonlyMap<string, ReadonlyMap<string, number>>;
