import {
  coverQuestions,
  decomposeByRules,
  decomposed,
  type FusedCandidate,
  inputOrder,
  type Ranked,
  rerankByParts,
  type Retriever,
  type Scorer,
  searchByHops,
} from '@secondpass/core';
import type { PassageCandidate } from '../read/read-passages.ts';
import type { SearchReport, ShownPassage } from './report.ts';

export interface SearchOnceOptions {
  readonly retriever: Retriever<PassageCandidate>;
  /** Absent: stop after the first stage. */
  readonly scorer: Scorer | undefined;
  readonly decompose: boolean;
  /** Go on from what was found. */
  readonly hops: boolean;
  readonly top: number;
  readonly depth: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** One question through the core's own pipeline, with what was first before reranking and what is first after it. */
export async function searchOnce(question: string, options: SearchOnceOptions): Promise<SearchReport> {
  const { retriever, scorer, top, depth, signal } = options;
  const decomposer = options.decompose ? decomposeByRules() : asItIs;
  const reranker = scorer ? rerankByParts(scorer) : inputOrder;
  const limits = { depthPerPart: depth, poolLimit: depth };
  const searcher = options.hops
    ? searchByHops(retriever, decomposer, undefined, reranker, { ...limits, scorer })
    : decomposed(retriever, decomposer, coverQuestions(), reranker, limits);
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
  const passages = found.results.map((ranked, index) =>
    shown(ranked, found.parts.length, scorer ? index + 1 : undefined),
  );
  return {
    question,
    parts: found.parts.map(({ text }) => text),
    candidates: passages.length,
    before: passages.toSorted((a, b) => a.before - b.before).slice(0, top),
    ...(scorer && { after: passages.slice(0, top) }),
    ...(found.hops && { hops: found.hops }),
    notes: found.notes,
    runs: found.runs,
    milliseconds: {
      retrieve: (rerankFrom ?? ended) - started,
      ...(scorer && { rerank: ended - (rerankFrom ?? ended) }),
      total: ended - started,
    },
  };
}

const asItIs = { name: 'as-it-is', decompose: async () => ({ value: [] }) };

function shown(
  { candidate, originalIndex, earlier, detail }: Ranked<FusedCandidate<PassageCandidate>>,
  partCount: number,
  after: number | undefined,
): ShownPassage {
  const { file, passage } = candidate.origin;
  const whole = earlier?.at(-1)?.value;
  const parts = (detail?.parts ?? []).slice(0, partCount).map((score) => score?.value ?? null);
  // A search in hops hands the reranker what followed from the question as one more part, the last.
  const followUps = detail?.parts?.[partCount]?.value;
  return {
    file,
    ...passage,
    before: originalIndex + 1,
    ...(after !== undefined && {
      after,
      scores: { ...(whole !== undefined && { whole }), parts, ...(followUps !== undefined && { followUps }) },
    }),
    retrieval: candidate.sources.map(({ pool, rank, score: first }) => ({
      pool,
      part: partOf(pool),
      rank,
      ...(first && { score: first.value }),
    })),
  };
}

/** `bm25 #2.1` was found for part 2, `bm25 +1` by a query that went on from the question, `bm25` by the question. */
function partOf(pool: string): number | null {
  const part = /#(\d+)/.exec(pool)?.[1];
  if (part !== undefined) return Number(part);
  return /\+\d+$/.test(pool) ? null : 0;
}
