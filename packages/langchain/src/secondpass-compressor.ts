import { parseCallbackConfigArg, type Callbacks } from '@langchain/core/callbacks/manager';
import type { DocumentInterface } from '@langchain/core/documents';
import { BaseDocumentCompressor } from '@langchain/core/retrievers/document_compressors';
import { ensureConfig, RunnableLambda, type Runnable, type RunnableConfig } from '@langchain/core/runnables';
import { onAbort } from '@secondpass/core';
import { rerankDocuments } from './rerank-documents.ts';
import { checkDocumentRerankOptions, rerankOptionNames, type DocumentRerankOptions } from './rerank-options.ts';

export interface SecondpassCompressorOptions extends DocumentRerankOptions {
  /** Ends every rerank of this compressor; the framework hands compressors no signal of their own. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Puts documents into a better order. Returns new documents, best first, with the score in `metadata.relevanceScore`;
 * keeps every document unless `topN` or `minScore` say otherwise, and changes nothing it was given. A document that got
 * no score has none from this package: missing is not 0.
 *
 * @example
 * const compressor = new SecondpassCompressor({ reranker: await loadReranker(), topN: 5 });
 * const retriever = new ContextualCompressionRetriever({ baseCompressor: compressor, baseRetriever });
 */
export class SecondpassCompressor extends BaseDocumentCompressor {
  readonly #options: SecondpassCompressorOptions;

  /** @throws SecondpassError `invalid-argument` for an option that does not exist or is out of range */
  constructor(options: SecondpassCompressorOptions) {
    super();
    checkDocumentRerankOptions(options, [...rerankOptionNames, 'signal'], 'SecondpassCompressor');
    this.#options = options;
  }

  /** Honours the signal of the run it is called from, where the framework tells of one (LCEL, LangGraph). */
  override async compressDocuments(
    documents: readonly DocumentInterface[],
    query: string,
    callbacks?: Callbacks,
  ): Promise<DocumentInterface[]> {
    return this.#rerank(documents, query, ensureConfig(parseCallbackConfigArg(callbacks)));
  }

  /**
   * The same as a runnable, for chains and graph nodes: takes `{ query, documents }`, honours the signal in its config.
   */
  asRunnable(): Runnable<{ query: string; documents: readonly DocumentInterface[] }, DocumentInterface[]> {
    const rerank = (
      { query, documents }: { query: string; documents: readonly DocumentInterface[] },
      config?: RunnableConfig,
    ) => this.#rerank(documents, query, config ?? {});
    return RunnableLambda.from(rerank).withConfig({ runName: 'SecondpassCompressor' });
  }

  async #rerank(
    documents: readonly DocumentInterface[],
    query: string,
    config: RunnableConfig,
  ): Promise<DocumentInterface[]> {
    const end = new AbortController();
    const signals = [this.#options.signal, config.signal];
    for (const signal of signals) signal?.throwIfAborted();
    // Not AbortSignal.any: this compressor's own signal may live for years, and would collect what it is part of.
    const offs = signals.map((signal) => onAbort(signal, () => end.abort(signal!.reason)));
    try {
      const context = { callbacks: config.callbacks, signal: end.signal };
      return await rerankDocuments(this.#options, documents, query, context);
    } finally {
      for (const off of offs) off();
    }
  }
}
