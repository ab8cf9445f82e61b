import { SecondpassError, untilAborted } from '@secondpass/core';
import type { QueryBundle } from '@llamaindex/core/query-engine';
import { BaseRetriever } from '@llamaindex/core/retriever';
import type { NodeWithScore } from '@llamaindex/core/schema';
import { checkNodeOptions, nodeOptionNames, type NodeRerankOptions } from '../node-options.ts';
import { rerankNodes } from '../rerank-nodes.ts';

export interface RerankingRetrieverOptions extends NodeRerankOptions {
  /** Any retriever, asked for more than is wanted in the end: `index.asRetriever({ similarityTopK: 50 })`. */
  readonly retriever: BaseRetriever;
}

/** Any retriever in, the same nodes in a better order out. */
export class RerankingRetriever extends BaseRetriever {
  readonly #options: RerankingRetrieverOptions;

  constructor(options: RerankingRetrieverOptions) {
    super();
    checkNodeOptions(options, [...nodeOptionNames, 'retriever'], 'RerankingRetriever');
    if (typeof options.retriever?.retrieve !== 'function') {
      const way = 'such as { retriever: index.asRetriever({ similarityTopK: 50 }) }';
      throw new SecondpassError(
        'invalid-argument',
        `RerankingRetriever needs a retriever, which has retrieve(), ${way}.`,
      );
    }
    this.#options = options;
  }

  override async _retrieve(bundle: QueryBundle): Promise<NodeWithScore[]> {
    const { retriever, signal } = this.#options;
    signal?.throwIfAborted();
    const nodes = await untilAborted(retriever.retrieve(bundle), signal);
    return rerankNodes(this.#options, nodes, bundle);
  }
}
