import {
  coverQuestions,
  decomposeByRules,
  decomposed,
  type FusedCandidate,
  inputOrder,
  type Ranked,
  type Reranker,
  type Retriever,
} from '@secondpass/core';
import type { PassageCandidate } from '../read/read-passages.ts';
import type { SearchReport, ShownPassage } from './report.ts';

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

/** One question through the core's own pipeline, with what was first before reranking and what is first after it. */
export async function searchOnce(question: string, options: SearchOnceOptions): Promise<SearchReport> {
  const { retriever, reranker, top, depth, signal } = options;
  const decomposer = options.decompose ? decomposeByRules() : asItIs;
  const searcher = decomposed(retriever, decomposer, coverQuestions(), reranker ?? inputOrder, {
    depthPerPart: depth,
    poolLimit: depth,
  });
  const started = performance.now();
  let rerankFrom: number | undefined;
  const found = await searcher.search(question, {
    signal,
    onEvent: (event) => {
      if (event.type === 'rerank-start') rerankFrom ??= performance.now();
      if (event.type === 'rerank-progress') options.onProgress(event.done, event.total);
    },
  });
  const ended = performance.now();
  const passages = found.results.map((ranked, index) => shown(ranked, index + 1, reranker !== undefined));
  return {
    question,
    parts: found.parts.map(({ text }) => text),
    candidates: passages.length,
    before: passages.toSorted((a, b) => a.before - b.before).slice(0, top),
    ...(reranker && { after: passages.slice(0, top) }),
    notes: found.notes,
    runs: found.runs,
    milliseconds: {
      retrieve: (rerankFrom ?? ended) - started,
      ...(reranker && { rerank: ended - (rerankFrom ?? ended) }),
      total: ended - started,
    },
  };
}

const asItIs = { name: 'as-it-is', decompose: async () => ({ value: [] }) };

function shown(
  { candidate, originalIndex, score }: Ranked<FusedCandidate<PassageCandidate>>,
  after: number,
  reranked: boolean,
): ShownPassage {
  const { file, passage } = candidate.origin;
  return {
    file,
    ...passage,
    before: originalIndex + 1,
    ...(reranked && { after, ...(score && { score }) }),
    retrieval: candidate.sources.map(({ pool, rank, score: first }) => ({
      part: Number(/#(\d+)$/.exec(pool)?.[1] ?? 0),
      rank,
      ...(first && { score: first.value }),
    })),
  };
}
