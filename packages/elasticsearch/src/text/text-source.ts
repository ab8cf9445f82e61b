import type { Hit } from '../client/search-client.ts';

/**
 * What of a hit the reranker reads.
 *
 *   'abstract'                         the value at this path of `_source`, else of the hit's `fields`
 *   ['title', 'abstract']              several, one below the other
 *   '{{title}}\n{{abstract}}'          a template, as in Elasticsearch's own; a line whose fields are all missing is dropped
 *   { each: 'chunks.text' }            every value a passage of its own
 *   { highlight: true | 'body' | [] }  highlight fragments, of all or of the named fields, each a passage (without the tags)
 *   { innerHits: 'chunks', text }      inner hits, each a passage with this text
 *   (hit) => …                         text, passages, or `undefined` for none
 *
 * Several values at one path are joined by a line break; an object is written as YAML. A hit with passages takes the
 * place of its best one.
 */
export type TextSource<H extends Hit = Hit> =
  | string
  | readonly string[]
  | { readonly each: string | readonly string[] }
  | { readonly highlight: true | string | readonly string[] }
  | { readonly innerHits: string; readonly text: string | readonly string[] | ((hit: H) => string | undefined) }
  | ((hit: H) => string | readonly string[] | undefined);
