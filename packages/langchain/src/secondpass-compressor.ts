import type { Callbacks } from '@langchain/core/callbacks/manager';
import type { DocumentInterface } from '@langchain/core/documents';
import { BaseDocumentCompressor } from '@langchain/core/retrievers/document_compressors';
import type { Reranker } from '@secondpass/core';
import { copyWith, toCandidates } from './document-candidate.ts';
import { documentText, type DocumentText } from './document-text.ts';

export interface SecondpassCompressorOptions {
  /** Any reranker of `@secondpass/core`, such as `await loadReranker()`. Who loaded it disposes of it. */
  readonly reranker: Reranker;
  /** Keep the best n. Default: all. */
  readonly topN?: number | undefined;
  /** The metadata key of the score. Default: `relevanceScore`. */
  readonly scoreKey?: string | undefined;
  /** What of a document to read. Default: `'{pageContent}'`. */
  readonly text?: DocumentText | undefined;
}

/**
 * Puts documents into a better order. Returns new documents, best first, with the score in `metadata.relevanceScore`;
 * keeps every document unless `topN` says otherwise, and changes nothing it was given.
 */
export class SecondpassCompressor extends BaseDocumentCompressor {
  readonly #options: SecondpassCompressorOptions;
  readonly #textOf: (document: DocumentInterface) => string;

  constructor(options: SecondpassCompressorOptions) {
    super();
    this.#options = options;
    this.#textOf = documentText(options.text);
  }

  override async compressDocuments(
    documents: DocumentInterface[],
    query: string,
    _callbacks?: Callbacks,
  ): Promise<DocumentInterface[]> {
    if (documents.length === 0) return [];
    const { reranker, topN, scoreKey = 'relevanceScore' } = this.#options;
    const { results } = await reranker.rerank(query, toCandidates(documents, this.#textOf), { topK: topN });
    return results.map(({ candidate, score }) =>
      copyWith(candidate.document, score ? { [scoreKey]: score.value } : {}),
    );
  }
}
