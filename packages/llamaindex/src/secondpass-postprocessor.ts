import type { MessageContent } from '@llamaindex/core/llms';
import type { BaseNodePostprocessor } from '@llamaindex/core/postprocessor';
import type { NodeWithScore } from '@llamaindex/core/schema';
import { SecondpassError } from '@secondpass/core';
import { checkNodeOptions, nodeOptionNames, type NodeRerankOptions } from './node-options.ts';
import { rerankNodes } from './rerank-nodes.ts';

export type SecondpassPostprocessorOptions = NodeRerankOptions;

/**
 * Puts nodes into a better order. Keeps every node unless `topN` or `minScore` say otherwise, and changes none: it
 * returns new pairs of the same nodes and new scores; a node with something to say in `metadata.secondpass` is a copy.
 * Scores are probabilities where the reranker gives logits, so that `SimilarityPostprocessor` after it means what it
 * says.
 *
 * @example
 * const engine = index.asQueryEngine({
 *   similarityTopK: 50,
 *   nodePostprocessors: [new SecondpassPostprocessor({ reranker, topN: 5 })],
 * });
 */
export class SecondpassPostprocessor implements BaseNodePostprocessor {
  readonly #options: SecondpassPostprocessorOptions;

  /** @throws SecondpassError `invalid-argument` for an option that does not exist or is out of range */
  constructor(options: SecondpassPostprocessorOptions) {
    checkNodeOptions(options, nodeOptionNames, 'SecondpassPostprocessor');
    this.#options = options;
  }

  /** @throws SecondpassError `invalid-argument` without a query: there is nothing to compare nodes with */
  async postprocessNodes(nodes: readonly NodeWithScore[], query?: MessageContent): Promise<NodeWithScore[]> {
    if (query === undefined) {
      throw new SecondpassError(
        'invalid-argument',
        'SecondpassPostprocessor needs the query: postprocessNodes(nodes, query).',
      );
    }
    return rerankNodes(this.#options, nodes, query);
  }
}
