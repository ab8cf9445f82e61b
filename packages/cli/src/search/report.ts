import type { Note, Run } from '@secondpass/core';

/** A passage in one of the two lists. `before` and `after` are 1-based places; absent: not in that list. */
export interface ShownPassage {
  readonly file: string;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly headings: readonly string[];
  readonly heading?: string;
  readonly text: string;
  readonly before: number;
  readonly after?: number;
  /**
   * What the model gave it, between 0 and 1: for the whole question, and for each part, `null` where the part did not
   * find it. `followUps` is there if queries that went on from the question found it: for the question, but read with
   * the first-stage score that it has among their finds.
   */
  readonly scores?: {
    readonly whole?: number;
    readonly parts: readonly (number | null)[];
    readonly followUps?: number;
  };
  /**
   * Where the first stage found it. `part` 0 is the whole question, `null` a query that went on from it; `pool` says
   * more where a search went on in hops.
   */
  readonly retrieval: readonly {
    readonly pool: string;
    readonly part: number | null;
    readonly rank: number;
    readonly score?: number;
  }[];
}

/** All there is to say about one question: what `--json` prints, and what the tables are made from. */
export interface SearchReport {
  readonly question: string;
  /** Sub-questions, the question itself not among them. Empty: it stayed one question. */
  readonly parts: readonly string[];
  /** Passages that were handed to the reranker. */
  readonly candidates: number;
  readonly before: readonly ShownPassage[];
  /** Absent with `--no-rerank`. */
  readonly after?: readonly ShownPassage[];
  /** The queries that were asked, and why, where the search went on from what it found. */
  readonly hops?: readonly { readonly query: string; readonly because?: string | undefined; readonly found: number }[];
  readonly notes: readonly Note[];
  readonly runs: readonly Run[];
  readonly milliseconds: { readonly retrieve: number; readonly rerank?: number; readonly total: number };
}
