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
  // A shard that is not there at all is counted in neither `successful` nor always in `failed`.
  const missing = _shards ? Math.max(_shards.failed, _shards.total - _shards.successful) : 0;
  if (missing > 0) {
    const message = `${missing} of ${_shards!.total} shard(s) gave no answer: the hits are those of the others.`;
    notes.push({ code: 'shards-failed', by, message });
  }
  return notes;
}
