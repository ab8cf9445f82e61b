import type { DocumentInterface } from '@langchain/core/documents';
import type { BaseRetrieverInterface } from '@langchain/core/retrievers';
import {
  comparableScore,
  coverQuestions,
  decomposeByLanguageModel,
  decomposeByRules,
  decomposed,
  decomposedOptions,
  inputOrder,
  refusingUnread,
  tell,
  wrapEach,
} from '@secondpass/core';
import type { Candidate, Decomposer, FusedCandidate, Note, PartsReranker, Reranker, Searcher } from '@secondpass/core';
import { decompositionRetrieverOptionNames, type DecompositionRetrieverOptions } from './decomposition-options.ts';
import type { DocumentCandidate } from './document-candidate.ts';
import { documentText } from './document-text.ts';
import { documentSources, firstStage, namedRetrievers } from './first-stage.ts';
import { keyedFusion, keyWay, type KeyedFusion } from './fusion-key.ts';
import { languageModel } from './language-model.ts';
import { bounded } from './rerank-documents.ts';
import { checkDocumentRerankOptions } from './rerank-options.ts';
import { plainNotes } from './secondpass-metadata.ts';
import { childConfig, type RetrieverCall } from './retriever-call.ts';
import { SignalRetriever } from './signal-retriever.ts';
import { traced, withConfig } from './trace.ts';
import { writeDocuments, type FoundDocument } from './write-documents.ts';

/** What was found behind a fused candidate. */
const originOf = (candidate: Candidate): DocumentCandidate => (candidate as FusedCandidate<DocumentCandidate>).origin;

/**
 * Asks the question and each of its parts, makes one list of what was found, and reranks it against the whole question.
 * `metadata.secondpass.sources` says which retriever brought a document for which (sub-)question.
 *
 * @example
 * const reranker = await loadReranker();
 * const retriever = new DecompositionRetriever({ retrievers: { bm25, vectors }, reranker, topN: 5 });
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
    checkDocumentRerankOptions(
      { ...options, reranker: typeof options.reranker === 'function' ? inputOrder : (options.reranker ?? inputOrder) },
      decompositionRetrieverOptionNames,
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
    /** What the reranker noted, once there are results. */
    said: readonly Note[];
  } {
    const said: Note[] = [];
    const { text, scoreFrom, key } = this.#options;
    const fusion = keyedFusion(this.#options.fusion ?? coverQuestions(), key);
    const searcher = decomposed(
      firstStage(this.#retrievers, call, { text: documentText(text), scoreFrom }),
      this.#tracedDecomposer(call),
      fusion,
      this.#reranker(call, said),
      decomposedOptions(this.#options),
    );
    return { searcher, fusion, said };
  }

  #tracedDecomposer(call: RetrieverCall): Decomposer {
    const config = childConfig(call, 'decomposer');
    return {
      name: this.#decomposer.name,
      decompose: (question, options) => this.#decomposer.decompose(question, withConfig(options, config)),
    };
  }

  /** @param said is told what the reranker notes, since the search tells the notes of all together */
  #reranker(call: RetrieverCall, said: Note[]): PartsReranker {
    return wrapEach(this.#options.reranker ?? inputOrder, (reranker) =>
      reranker === inputOrder ? inputOrder : this.#watched(reranker, call, said),
    );
  }

  #watched(reranker: Reranker, { run }: RetrieverCall, said: Note[]): Reranker {
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
            said.push(...notes);
            const scoreOf = comparableScore(results);
            const documents = results.map((ranked) => ({
              ...originOf(ranked.candidate).document,
              score: scoreOf(ranked)?.value,
            }));
            return { shown: { documents, notes: plainNotes(notes), runs }, value: ranking };
          },
        ),
    };
  }

  protected override async find(query: string, call: RetrieverCall): Promise<DocumentInterface[]> {
    const { searcher, fusion, said } = this.#searcher(call);
    const { results, parts, notes } = await searcher.search(query, { signal: call.config.signal });
    const names = [...this.#retrievers.keys()];
    const found = ({ origin, sources }: FusedCandidate<DocumentCandidate>): FoundDocument => ({
      document: origin.document,
      about: { key: fusion.knownBy(origin), sources: documentSources(sources, names, query, parts) },
    });
    const written = writeDocuments(this.#options, searcher.name, results, notes, found, said);
    for (const note of written.notes) tell(this.#options.onNote, note);
    return written.documents;
  }
}
