import type { DocumentInterface } from '@langchain/core/documents';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { BaseRetrieverInput, BaseRetrieverInterface } from '@langchain/core/retrievers';
import {
  coverQuestions,
  decomposeByLanguageModel,
  decomposeByRules,
  decomposed,
  decomposedOptions,
  decompositionOptionNames,
  inputOrder,
  refusingUnread,
  tell,
} from '@secondpass/core';
import type { Candidate, Decomposer, DecompositionOptions, FusedCandidate, Reranker, Searcher } from '@secondpass/core';
import type { DocumentCandidate } from './document-candidate.ts';
import { documentText } from './document-text.ts';
import { documentSources, firstStage, namedRetrievers, type Retrievers } from './first-stage.ts';
import { keyedFusion, keyWay, type DocumentKey, type KeyedFusion } from './fusion-key.ts';
import { languageModel } from './language-model.ts';
import { bounded } from './rerank-documents.ts';
import { checkDocumentRerankOptions, rerankOptionNames, type DocumentRerankOptions } from './rerank-options.ts';
import { plainNotes } from './secondpass-metadata.ts';
import { childConfig, type RetrieverCall } from './retriever-call.ts';
import { retrieverInputNames, SignalRetriever } from './signal-retriever.ts';
import { traced, withConfig } from './trace.ts';
import { writeDocuments } from './write-documents.ts';

export interface DecompositionRetrieverOptions
  extends Omit<DocumentRerankOptions, 'reranker'>, Omit<DecompositionOptions, 'decomposer'>, BaseRetrieverInput {
  /** One retriever or several over the same documents, by name (`{ bm25, vectors }`) or as a list. */
  readonly retrievers: Retrievers;
  /** Splits a question into parts: a decomposer of the core, or a chat model. Default: `decomposeByRules()`, for English. */
  readonly decomposer?: Decomposer | BaseChatModel | undefined;
  /** What tells documents apart. Default: their ids where every document has one, else their contents. */
  readonly key?: DocumentKey | undefined;
  /** The metadata key of the retrievers' own scores, for fusions of scores. Default: none. */
  readonly scoreFrom?: string | undefined;
}

const ownNames = [...decompositionOptionNames, 'retrievers', 'key', 'scoreFrom'];

/** What was found behind a fused candidate. */
const originOf = (candidate: Candidate): DocumentCandidate => (candidate as FusedCandidate<DocumentCandidate>).origin;

/**
 * Asks the question and each of its parts, makes one list of what was found, and reranks it against the whole question.
 * `metadata.secondpass.sources` says which retriever brought a document for which (sub-)question.
 *
 * @example
 * const retriever = new DecompositionRetriever({ retrievers: { bm25, vectors }, reranker: await loadReranker(), topN: 5 });
 */
export class DecompositionRetriever extends SignalRetriever {
  readonly #options: DecompositionRetrieverOptions;
  readonly #retrievers: ReadonlyMap<string, BaseRetrieverInterface>;
  readonly #decomposer: Decomposer;

  static override lc_name(): string {
    return 'DecompositionRetriever';
  }

  constructor(options: DecompositionRetrieverOptions) {
    super(options);
    const names = [...rerankOptionNames, ...retrieverInputNames, ...ownNames];
    checkDocumentRerankOptions(
      { ...options, reranker: options.reranker ?? inputOrder },
      names,
      'DecompositionRetriever',
    );
    keyWay(options.key, []);
    this.#options = options;
    this.#retrievers = namedRetrievers(options.retrievers);
    const { decomposer = decomposeByRules() } = options;
    this.#decomposer = 'decompose' in decomposer ? decomposer : decomposeByLanguageModel(languageModel(decomposer));
    this.#searcher({ config: {} });
  }

  /** The core's own search, for one call: all that it asks takes part in the call's trace. */
  #searcher(call: RetrieverCall): {
    searcher: Searcher<DocumentCandidate>;
    fusion: KeyedFusion;
  } {
    const { text, scoreFrom, key } = this.#options;
    const fusion = keyedFusion(this.#options.fusion ?? coverQuestions(), key);
    const searcher = decomposed(
      firstStage(this.#retrievers, call, { text: documentText(text), scoreFrom }),
      this.#tracedDecomposer(call),
      fusion,
      this.#reranker(call),
      decomposedOptions(this.#options),
    );
    return { searcher, fusion };
  }

  #tracedDecomposer(call: RetrieverCall): Decomposer {
    const config = childConfig(call, 'decomposer');
    return {
      name: this.#decomposer.name,
      decompose: (question, options) => this.#decomposer.decompose(question, withConfig(options, config)),
    };
  }

  #reranker({ run }: RetrieverCall): Reranker {
    const { reranker } = this.#options;
    if (!reranker) return inputOrder;
    const reading = refusingUnread(reranker, (candidate) => originOf(candidate).unread);
    const limited = bounded(reading, this.#options);
    return {
      name: reranker.name,
      rerank: (query, candidates, options) =>
        traced(
          reranker.name,
          run?.getChild('reranker'),
          { query, documents: candidates.map((candidate) => originOf(candidate).document) },
          async () => {
            const ranking = await limited.rerank(query, candidates, options);
            const { results, notes, runs } = ranking;
            const documents = results.map(({ candidate, score }) => ({
              ...originOf(candidate).document,
              score: score?.value,
            }));
            return { shown: { documents, notes: plainNotes(notes), runs }, value: ranking };
          },
        ),
    };
  }

  protected override async find(query: string, call: RetrieverCall): Promise<DocumentInterface[]> {
    const { searcher, fusion } = this.#searcher(call);
    const { results, parts, notes } = await searcher.search(query, { signal: call.config.signal });
    const names = [...this.#retrievers.keys()];
    const written = writeDocuments(this.#options, searcher.name, results, notes, ({ origin, sources }) => ({
      document: origin.document,
      about: { key: fusion.knownBy(origin), sources: documentSources(sources, names, query, parts) },
    }));
    for (const note of written.notes) tell(this.#options.onNote, note);
    return written.documents;
  }
}
