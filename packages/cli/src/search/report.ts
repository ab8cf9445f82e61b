import type { Note, Run, Score } from '@secondpass/core';

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
  /** What the reranker gave it. */
  readonly score?: Score;
  /** Its best first-stage score, and for which part of the question: 0 is the whole question. */
  readonly retrieval: readonly { readonly part: number; readonly rank: number; readonly score?: number }[];
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
  readonly notes: readonly Note[];
  readonly runs: readonly Run[];
  readonly milliseconds: { readonly retrieve: number; readonly rerank?: number; readonly total: number };
}
