import type { DocumentInterface } from '@langchain/core/documents';
import type { BaseRetrieverInput, BaseRetrieverInterface } from '@langchain/core/retrievers';
import { SecondpassError } from '@secondpass/core';
import { rerankDocuments } from './rerank-documents.ts';
import { checkDocumentRerankOptions, rerankOptionNames, type DocumentRerankOptions } from './rerank-options.ts';
import { childConfig, type RetrieverCall } from './retriever-call.ts';
import { retrieverInputNames, SignalRetriever } from './signal-retriever.ts';

export interface RerankingRetrieverOptions extends DocumentRerankOptions, BaseRetrieverInput {
  /** Any retriever of the framework, asked for more than is wanted in the end: `vectorStore.asRetriever(50)`. */
  readonly retriever: BaseRetrieverInterface;
}

/**
 * Any retriever in, the same documents in a better order out. Obeys the `signal` and `timeout` of its config while
 * retrieving and while reranking.
 *
 * @example
 * const reranker = await loadReranker();
 * const retriever = new RerankingRetriever({ retriever: store.asRetriever(50), reranker, topN: 5 });
 */
export class RerankingRetriever extends SignalRetriever {
  readonly #options: RerankingRetrieverOptions;

  static override lc_name(): string {
    return 'RerankingRetriever';
  }

  constructor(options: RerankingRetrieverOptions) {
    super(options);
    checkDocumentRerankOptions(
      options,
      [...rerankOptionNames, ...retrieverInputNames, 'retriever'],
      'RerankingRetriever',
    );
    if (typeof options.retriever?.invoke !== 'function') {
      throw new SecondpassError(
        'invalid-argument',
        'RerankingRetriever needs a retriever, which has invoke(), such as { retriever: store.asRetriever(50) }.',
      );
    }
    this.#options = options;
  }

  protected override async find(query: string, call: RetrieverCall): Promise<DocumentInterface[]> {
    const documents = await this.#options.retriever.invoke(query, childConfig(call, 'retriever'));
    const { callbacks, signal } = childConfig(call, 'reranker');
    return rerankDocuments(this.#options, documents, query, { callbacks, signal });
  }
}
