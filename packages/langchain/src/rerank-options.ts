import { checkInteger, checkMinScore, checkNumber, checkOptionNames, SecondpassError } from '@secondpass/core';
import type { Note, Reranker, RerankOptions } from '@secondpass/core';
import { documentText, type DocumentText } from './document-text.ts';

/** How documents are reranked: the same options wherever this package does it. */
export interface DocumentRerankOptions {
  /** Any reranker of `@secondpass/core`, such as `await loadReranker()`. Who loaded it disposes of it. */
  readonly reranker: Reranker;
  /** Keep the best n. Default: all. */
  readonly topN?: number | undefined;
  /**
   * Keep what scores at least this, on the scale that is written into the metadata: a probability in [0, 1] for
   * cross-encoders. A document without a score is kept, and so is one that only an earlier stage of a cascade could
   * score, with a note. `{ kind, value }` names another scale. Default: all.
   */
  readonly minScore?: number | RerankOptions['minScore'];
  /** The metadata key of the score. Default: `relevanceScore`. */
  readonly scoreKey?: string | undefined;
  /**
   * What of a document to read: `pageContent` and metadata fields, as `fields` of the core takes them, or a function.
   * Default: `pageContent`.
   */
  readonly text?: DocumentText | undefined;
  /**
   * The metadata key of the retriever's own score, where that is BM25's (kind `retrieval`): the embedded model's default
   * mixes it in. Not for cosines, which would make every probability too low. Default: none.
   */
  readonly scoreFrom?: string | undefined;
  /** Time for one rerank in milliseconds; what was not scored by then stands below, in its order. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /**
   * When the reranker fails or goes on past `timeoutMs`: `'keep-order'` returns the documents as they came, with a note in their
   * metadata; `'throw'` rejects. A call that is wrong in itself always throws. Default: `'keep-order'`.
   */
  readonly onError?: 'throw' | 'keep-order' | undefined;
  /** Also write `metadata.secondpass`: kind, logit, place before and after, best passage, notes. Default: false. */
  readonly details?: boolean | undefined;
  /**
   * Told of every note: what was truncated, timed out, fell back. Its `ids` are places in the list that was reranked,
   * from 0. What it throws or rejects with is ignored.
   */
  readonly onNote?: ((note: Note) => void) | undefined;
}

export const rerankOptionNames = [
  'reranker',
  'topN',
  'minScore',
  'scoreKey',
  'text',
  'scoreFrom',
  'timeoutMs',
  'onError',
  'details',
  'onNote',
] as const;

/** Refuses what cannot work, when it is configured and not when the first question comes. */
export function checkDocumentRerankOptions(
  options: DocumentRerankOptions,
  known: readonly string[],
  where: string,
): void {
  checkOptionNames(options, known, where);
  if (typeof options?.reranker?.rerank !== 'function') {
    throw new SecondpassError(
      'invalid-argument',
      `${where} needs a reranker, such as { reranker: await loadReranker() } from @secondpass/core/models.`,
    );
  }
  documentText(options.text);
  checkInteger('topN', options.topN, 0);
  checkInteger('timeoutMs', options.timeoutMs, 1);
  if (typeof options.minScore === 'number') checkNumber('minScore', options.minScore);
  else checkMinScore(options.minScore);
  if (options.onError !== undefined && options.onError !== 'throw' && options.onError !== 'keep-order') {
    throw new SecondpassError(
      'invalid-argument',
      `onError is "${String(options.onError)}"; it is 'throw' or 'keep-order'.`,
    );
  }
}
