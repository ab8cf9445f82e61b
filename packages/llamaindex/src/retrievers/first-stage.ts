import type { QueryBundle } from '@llamaindex/core/query-engine';
import type { BaseRetriever } from '@llamaindex/core/retriever';
import type { BaseNode } from '@llamaindex/core/schema';
import { SecondpassError, type Content, type Retriever } from '@secondpass/core';
import { toCandidates, withScore, type NodeCandidate } from '../node-candidate.ts';

/**
 * The framework's retrievers as the core's. Nodes are numbered on through all calls, so that no two share a candidate
 * id.
 * @param instead what the retrievers are asked, whatever the question: a query that has no text
 */
export function firstStage(
  retrievers: Readonly<Record<string, BaseRetriever>>,
  textOf: (node: BaseNode) => Content,
  instead?: QueryBundle,
): Retriever<NodeCandidate>[] {
  let seen = 0;
  return Object.entries(retrievers ?? {}).map(([name, retriever]) => {
    if (typeof retriever?.retrieve !== 'function') {
      throw new SecondpassError(
        'invalid-argument',
        `retrievers.${name} is no retriever of LlamaIndex: it has no retrieve().`,
      );
    }
    return {
      name,
      async retrieve(query) {
        const items = await retriever.retrieve(instead ?? (query as string));
        const candidates = toCandidates(items, textOf, seen);
        seen += items.length;
        return candidates.map((candidate) => withScore(candidate, name, 'retrieval'));
      },
    };
  });
}
