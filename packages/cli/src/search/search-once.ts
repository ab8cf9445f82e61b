import type { Reranker, Retriever } from '@secondpass/core';
import type { PassageCandidate } from '../read/read-passages.ts';
import type { SearchReport } from './report.ts';

export interface SearchOnceOptions {
  readonly retriever: Retriever<PassageCandidate>;
  /** Absent: stop after the first stage. */
  readonly reranker: Reranker | undefined;
  readonly decompose: boolean;
  readonly top: number;
  readonly depth: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}
export async function searchOnce(question: string, options: SearchOnceOptions): Promise<SearchReport> {
  throw new Error(question + options.top);
}
