import type { DocumentInterface } from '@langchain/core/documents';
import { fields, type Content } from '@secondpass/core';

/**
 * What of a document the reranker reads: `pageContent` and metadata fields, in any spelling of the core's `fields`
 * (`'{title}\n{pageContent}'`, `['title', 'pageContent']`, `{ Title: 'title', Text: 'pageContent' }`; `loc.section`
 * reaches inside), or a function, which may give parts too. Default: `pageContent`. A function that gives nothing for a
 * document leaves it without text; one that throws is a failure of the rerank, as `onError` says.
 */
export type DocumentText = Parameters<typeof fields>[0] | ((document: DocumentInterface) => Content);

/**
 * Turns the `text` option into a function. What a document lacks is left out.
 * @throws SecondpassError `invalid-argument` for a template without fields
 */
export function documentText(text: DocumentText | undefined): (document: DocumentInterface) => Content {
  if (text === undefined) return ({ pageContent }) => pageContent;
  if (typeof text === 'function') return text;
  const read = fields(text);
  return ({ metadata, pageContent }) => read({ ...metadata, pageContent });
}
