import type { Note } from '@secondpass/core';
import type { Hit } from '../client/search-client.ts';

export const by = 'elasticsearch';

/** A note for the hits that had nothing to read. */
export function textless(hits: readonly Hit[], passages: readonly (readonly string[])[]): Note[] {
  const ids = hits.flatMap((_, place) => (passages[place]!.length > 0 ? [] : [String(place)]));
  if (ids.length === 0) return [];
  const message =
    `${ids.length} hit(s) have no text to read and keep the place that the search gave them. ` +
    'If they should have one, see that _source or fields of the request bring what rerank.text names.';
  return [{ code: 'unscored', by, message, ids }];
}

/**
 * A note as it is handed out: `cause` is there for who asks for it, but not enumerable, as in an `Error`. A response is
 * often sent on as JSON, and what a remote reranker threw may hold its request, headers and all, or not be JSON at all.
 */
export function withHiddenCause({ cause, ...shown }: Note): Note {
  if (cause === undefined) return shown;
  return Object.defineProperty(shown, 'cause', { value: cause, configurable: true, writable: true });
}

/** A note about places speaks of `_id`s to whoever reads it. */
export function withHitIds(note: Note, hits: readonly Hit[]): Note {
  if (!note.ids) return note;
  const ids = note.ids.map((id) => hits[Number.parseInt(id, 10)]?._id ?? id);
  return { ...note, ids: [...new Set(ids)] };
}
