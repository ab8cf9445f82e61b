import type { Fusion } from '../fusion/pool.ts';
import type { Decomposer } from '../search-types.ts';
import type { DecomposedOptions } from './decomposed.ts';
import type { PartsReranker } from './parts-reranker.ts';

/** What a framework's retriever round `decomposed` asks its users: the same words in every adapter. */
export interface DecompositionOptions {
  /** Splits a question into parts. Default: `decomposeByRules()`, for English. */
  readonly decomposer?: Decomposer | undefined;
  /** Makes one list of all pools. Default: `coverQuestions()`: the parts take turns. */
  readonly fusion?: Fusion | undefined;
  /** Reranks against the whole question, or by its parts: `rerankByParts(scorer)`. Default: none; the fused order stays. */
  readonly reranker?: PartsReranker | undefined;
  /** How many candidates each retriever may bring per question. Default: all it finds. */
  readonly depth?: number | undefined;
  /** How many questions are asked at most, the original among them. Default: 8. */
  readonly maxQueries?: number | undefined;
  /** How many fused candidates are reranked; the rest are dropped. Default: all. */
  readonly poolLimit?: number | undefined;
  /** How long each retrieval may take, in milliseconds. One that fails costs its own candidates. Default: 30,000. */
  readonly retrievalTimeoutMs?: number | undefined;
}

/** Their names, for checks. `reranker` is left to those that have other options of reranking beside it. */
export const decompositionOptionNames: readonly string[] = [
  'decomposer',
  'fusion',
  'depth',
  'maxQueries',
  'poolLimit',
  'retrievalTimeoutMs',
];

/** The part of them that `decomposed` takes as options. */
export function decomposedOptions(options: Omit<DecompositionOptions, 'decomposer'>): Omit<DecomposedOptions, 'key'> {
  const { depth = Number.MAX_SAFE_INTEGER, maxQueries, poolLimit, retrievalTimeoutMs } = options;
  return { depthPerPart: depth, maxQueries, poolLimit, timeoutMs: retrievalTimeoutMs };
}
