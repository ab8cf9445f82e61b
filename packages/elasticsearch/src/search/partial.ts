import type { Note } from '@secondpass/core';
import type { SearchBody } from '../client/search-client.ts';
import { by } from '../hits/hit-notes.ts';

/** Notes for an answer that is not whole: what came is reranked all the same. */
export function partialNotes({ timed_out, _shards }: SearchBody): Note[] {
  const notes: Note[] = [];
  if (timed_out) {
    notes.push({
      code: 'timed-out',
      by,
      message: 'The search timed out on the server: the hits are those found until then.',
    });
  }
  if (_shards && _shards.failed > 0) {
    const message = `${_shards.failed} of ${_shards.total} shard(s) failed: the hits are those of the others.`;
    notes.push({ code: 'shards-failed', by, message });
  }
  return notes;
}
