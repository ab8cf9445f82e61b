import type { QueryBundle } from '@llamaindex/core/query-engine';
import { BaseRetriever } from '@llamaindex/core/retriever';
import type { NodeWithScore } from '@llamaindex/core/schema';
import {
  coverQuestions,
  decomposeByRules,
  decomposed,
  decomposedOptions,
  decompositionOptionNames,
  inputOrder,
  refusingUnread,
  untilAborted,
  wrapEach,
} from '@secondpass/core';
import type {
  Candidate,
  DecompositionOptions,
  FusedCandidate,
  Note,
  PartsReranker,
  Reranker,
  Searcher,
  SecondpassError,
} from '@secondpass/core';
import type { NodeCandidate } from '../node-candidate.ts';
import { checkNodeOptions, nodeOptionNames, nodeText, type NodeRerankOptions } from '../node-options.ts';
import { queryText, wordless } from '../query-text.ts';
import { bounded, writeNodes, type FoundNode } from '../rerank-nodes.ts';
import { firstStage } from './first-stage.ts';
import { keyReader, noKeyNotes, type NodeKey } from './node-key.ts';
import { nodeSources } from './node-sources.ts';

export interface DecompositionRetrieverOptions
  extends Omit<NodeRerankOptions, 'reranker' | 'scoreKind'>, DecompositionOptions {
  /** Retrievers over the same nodes, by name: `{ vectors: index.asRetriever({ similarityTopK: 50 }) }`. */
  readonly retrievers: Readonly<Record<string, BaseRetriever>>;
  /** What tells nodes apart: their `id_`, their text, or what a function reads. Default: `'id'`. */
  readonly key?: NodeKey | undefined;
}

/**
 * Asks the question and each of its parts, makes one list of what was found, and reranks it against the whole question:
 * evidence pooled for one answer, where `SubQuestionQueryEngine` answers each part by itself.
 * `metadata.secondpass.sources` says which retriever brought a node for which (sub-)question.
 */
export class DecompositionRetriever extends BaseRetriever {
  readonly #options: DecompositionRetrieverOptions;

  constructor(options: DecompositionRetrieverOptions) {
    super();
    const own = nodeOptionNames.filter((name) => name !== 'scoreKind');
    const names = [...own, ...decompositionOptionNames, 'retrievers', 'key'];
    checkNodeOptions(
      { ...options, reranker: typeof options.reranker === 'function' ? inputOrder : (options.reranker ?? inputOrder) },
      names,
      'DecompositionRetriever',
    );
    this.#options = options;
    this.#searcher(undefined, []);
  }

  /**
   * The core's own search, for one call, whose query may have no words: it is then neither decomposed nor reranked.
   * @param said is told what the reranker notes, since the search tells the notes of all together
   */
  #searcher(bundle: QueryBundle | undefined, said: Note[], keyless: Set<string> = new Set()): Searcher<NodeCandidate> {
    const { retrievers, fusion, key } = this.#options;
    const noWords = bundle && wordless(bundle);
    const decomposer = this.#options.decomposer ?? decomposeByRules();
    return decomposed(
      firstStage(retrievers, nodeText(this.#options), noWords && bundle),
      noWords ? { name: decomposer.name, decompose: () => Promise.reject(noWords) } : decomposer,
      fusion ?? coverQuestions(),
      this.#reranker(noWords, said),
      { ...decomposedOptions(this.#options), key: keyReader(key, keyless) },
    );
  }

  #reranker(noWords: SecondpassError | undefined, said: Note[]): PartsReranker {
    return wrapEach(this.#options.reranker ?? inputOrder, (reranker) =>
      reranker === inputOrder ? inputOrder : this.#watched(reranker, noWords, said),
    );
  }

  #watched(reranker: Reranker, noWords: SecondpassError | undefined, said: Note[]): Reranker {
    const limited = bounded(
      refusingUnread(reranker, (candidate) => noWords ?? unreadOf(candidate)),
      this.#options,
    );
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
    const said: Note[] = [];
    const keyless = new Set<string>();
    const searcher = this.#searcher(bundle, said, keyless);
    const question = wordless(bundle) ? undefined : queryText(bundle);
    const search = searcher.search(question ?? withoutWords, { signal, topK: minScore ? undefined : topN });
    const { results, parts, notes } = await untilAborted(search, signal);
    const found = ({ origin, sources }: FusedCandidate<NodeCandidate>): FoundNode => ({
      item: origin.item,
      about: { sources: nodeSources(sources, Object.keys(retrievers), question, parts) },
    });
    return writeNodes(this.#options, searcher.name, results, [...noKeyNotes(keyless), ...notes], found, said);
  }
}

/** What the core's search is asked where there are no words, since it takes no empty question. Nobody reads it. */
const withoutWords = 'a question without words';

/** Why the text of a found node cannot be read. */
const unreadOf = (candidate: Candidate): SecondpassError | undefined =>
  (candidate as FusedCandidate<NodeCandidate>).origin.unread;
