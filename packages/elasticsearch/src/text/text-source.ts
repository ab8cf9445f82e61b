import type { Hit } from '../client/search-client.ts';

/**
 * What of a hit the reranker reads, as the core's `fields` reads records: from `_source`, and from the hit's `fields`
 * where `_source` has nothing of that name, or `null`.
 *
 *   'abstract'                         the value at this path, through objects and lists
 *   ['title', 'abstract']              several, one below the other; what is missing is left out
 *   '{title}\n{abstract}'              a template; a line whose fields are all missing is left out
 *   { each: 'chunks.text' }            every value a passage of its own
 *   { highlight: true | 'body' | [] }  highlight fragments of all or of the named fields, each a passage (no tags)
 *   { innerHits: 'chunks', text }      inner hits, each a passage with this text
 *   (hit) => …                         text, passages, or `undefined` for none
 *
 * Several values at one path are joined by a comma; an object reads as YAML. A hit with passages takes the place of its
 * best one.
 */
export type TextSource<H extends Hit = Hit> =
  | string
  | readonly string[]
  | { readonly each: string | readonly string[] }
  | { readonly highlight: true | string | readonly string[] }
  | { readonly innerHits: string; readonly text: string | readonly string[] | ((hit: H) => string | undefined) }
  | ((hit: H) => string | readonly string[] | undefined);
