import type { QueryBundle } from '@llamaindex/core/query-engine';
import { BaseRetriever } from '@llamaindex/core/retriever';
import type { BaseNode, NodeWithScore } from '@llamaindex/core/schema';
import {
  coverQuestions,
  decomposeByRules,
  decomposed,
  decomposedOptions,
  decompositionOptionNames,
  inputOrder,
  refusingUnread,
  SecondpassError,
  untilAborted,
} from '@secondpass/core';
import type {
  Candidate,
  DecompositionOptions,
  FusedCandidate,
  FusionKey,
  Note,
  Reranker,
  Searcher,
  Source,
  SubQuestion,
} from '@secondpass/core';
import type { NodeCandidate, SecondpassMetadata } from '../node-candidate.ts';
import { checkNodeOptions, nodeOptionNames, nodeText, type NodeRerankOptions } from '../node-options.ts';
import { queryText } from '../query-text.ts';
import { bounded, writeNodes, type FoundNode } from '../rerank-nodes.ts';
import { firstStage } from './first-stage.ts';

export interface DecompositionRetrieverOptions extends Omit<NodeRerankOptions, 'reranker'>, DecompositionOptions {
  /** Retrievers over the same nodes, by name: `{ vectors: index.asRetriever({ similarityTopK: 50 }) }`. */
  readonly retrievers: Readonly<Record<string, BaseRetriever>>;
  /** What tells nodes apart: their `id_`, their text, or what a function reads. Default: `'id'`. */
  readonly key?: 'id' | 'content' | ((node: BaseNode) => string | undefined) | undefined;
}

/**
 * Asks the question and each of its parts, makes one list of what was found, and reranks it against the whole question:
 * evidence pooled for one answer, where `SubQuestionQueryEngine` answers each part by itself. `metadata.secondpass.sources`
 * says which retriever brought a node for which (sub-)question.
 */
export class DecompositionRetriever extends BaseRetriever {
  readonly #options: DecompositionRetrieverOptions;

  constructor(options: DecompositionRetrieverOptions) {
    super();
    const names = [...nodeOptionNames, ...decompositionOptionNames, 'retrievers', 'key'];
    checkNodeOptions({ ...options, reranker: options.reranker ?? inputOrder }, names, 'DecompositionRetriever');
    this.#options = options;
    this.#searcher();
  }

  /**
   * The core's own search, for one call.
   * @param said is told what the reranker notes, since the search tells the notes of all together
   */
  #searcher(said: Note[] = []): Searcher<NodeCandidate> {
    const { retrievers, decomposer, fusion, key } = this.#options;
    return decomposed(
      firstStage(retrievers, nodeText(this.#options)),
      decomposer ?? decomposeByRules(),
      fusion ?? coverQuestions(),
      this.#reranker(said),
      { ...decomposedOptions(this.#options), key: nodeKey(key) },
    );
  }

  #reranker(said: Note[]): Reranker {
    const { reranker } = this.#options;
    if (!reranker) return inputOrder;
    const limited = bounded(refusingUnread(reranker, unreadOf), this.#options);
    return {
      name: reranker.name,
      async rerank(query, candidates, options) {
        const ranking = await limited.rerank(query, candidates, options);
        said.push(...ranking.notes);
        return ranking;
      },
    };
  }

  override async _retrieve(bundle: QueryBundle): Promise<NodeWithScore[]> {
    const { signal, topN, minScore, retrievers } = this.#options;
    const question = queryText(bundle);
    const said: Note[] = [];
    const searcher = this.#searcher(said);
    const search = searcher.search(question, { signal, topK: minScore ? undefined : topN });
    const { results, parts, notes } = await untilAborted(search, signal);
    const found = ({ origin, sources }: FusedCandidate<NodeCandidate>): FoundNode => ({
      item: origin.item,
      about: { sources: nodeSources(sources, Object.keys(retrievers), question, parts) },
    });
    return writeNodes(this.#options, searcher.name, results, notes, found, said);
  }
}

/** Why the text of a found node cannot be read. */
const unreadOf = (candidate: Candidate): SecondpassError | undefined =>
  (candidate as FusedCandidate<NodeCandidate>).origin.unread;

function nodeKey(key: DecompositionRetrieverOptions['key'] = 'id'): FusionKey<NodeCandidate> {
  if (key === 'content') return 'content';
  if (key === 'id')
    return ({
      item: {
        node: { id_: id },
      },
    }) => id;
  return ({ item: { node } }) => {
    try {
      return key(node);
    } catch (cause) {
      const { id_: id } = node;
      const why = cause instanceof Error ? cause.message : String(cause);
      const message = `key() failed for the node with id_ "${id}": ${why}. Let it give undefined for one without a key.`;
      throw new SecondpassError('failed', message, { cause });
    }
  };
}

/** Where a fused node was seen: pools are named `retriever`, or `retriever #part`. */
function nodeSources(
  sources: readonly Source[],
  names: readonly string[],
  question: string,
  parts: readonly SubQuestion[],
): SecondpassMetadata['sources'] & {} {
  const pools = new Map<string, { readonly retriever: string; readonly question: string }>();
  for (const retriever of names) {
    for (const [index, { text }] of parts.entries())
      pools.set(`${retriever} #${index + 1}`, { retriever, question: text });
  }
  for (const retriever of names) pools.set(retriever, { retriever, question });
  return sources.map(({ pool, rank, score }) => ({
    ...(pools.get(pool) ?? { retriever: pool }),
    rank,
    ...(score && { score: score.value }),
  }));
}
