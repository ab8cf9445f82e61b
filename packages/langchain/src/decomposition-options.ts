import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { BaseRetrieverInput } from '@langchain/core/retrievers';
import { decompositionOptionNames, type Decomposer, type DecompositionOptions } from '@secondpass/core';
import type { Retrievers } from './first-stage.ts';
import type { DocumentKey } from './fusion-key.ts';
import { rerankOptionNames, type DocumentRerankOptions } from './rerank-options.ts';
import { retrieverInputNames } from './signal-retriever.ts';

export interface DecompositionRetrieverOptions
  extends Omit<DocumentRerankOptions, 'reranker'>, Omit<DecompositionOptions, 'decomposer'>, BaseRetrieverInput {
  /** One retriever or several over the same documents, by name (`{ bm25, vectors }`) or as a list. */
  readonly retrievers: Retrievers;
  /**
   * Splits a question into parts: a decomposer of the core, or a chat model. Default: `decomposeByRules()`, for
   * English.
   */
  readonly decomposer?: Decomposer | BaseChatModel | undefined;
  /** What tells documents apart. Default: their ids where every document has one, else their contents. */
  readonly key?: DocumentKey | undefined;
  /** The metadata key of the retrievers' own scores, for fusions of scores. Default: none. */
  readonly scoreFrom?: string | undefined;
}

/** Their names, for checks. */
export const decompositionRetrieverOptionNames: readonly string[] = [
  ...rerankOptionNames,
  ...retrieverInputNames,
  ...decompositionOptionNames,
  'retrievers',
  'key',
];
