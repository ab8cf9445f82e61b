import type { Note } from '@secondpass/core';
import type { SearchBody } from '../client/search-client.ts';
import { by } from '../hits/hit-notes.ts';

/** Counts of shards or clusters, as many as a `filter_path` leaves. */
type Counts = Readonly<Partial<Record<'total' | 'successful' | 'skipped' | 'failed' | 'partial', number>>>;

/** Notes for an answer that is not whole: what came is reranked all the same. */
export function partialNotes({ timed_out, _shards, _clusters }: SearchBody): Note[] {
  const notes: Note[] = [];
  if (timed_out) {
    notes.push({
      code: 'timed-out',
      by,
      message: 'The search timed out on the server: the hits are those found until then.',
    });
  }
  const shards = missingShards(_shards ?? {});
  if (shards > 0) {
    const message = `${shards}${ofAll(_shards?.total)} shard(s) gave no answer: the hits are those of the others.`;
    notes.push({ code: 'shards-failed', by, message });
  }
  const { total, skipped = 0, failed = 0, partial = 0 }: Counts = _clusters ?? {};
  const silent = skipped + failed;
  const lacks = [
    ...(silent > 0 ? [`${silent}${ofAll(total)} cluster(s) gave no answer`] : []),
    ...(partial > 0 ? [`${partial}${ofAll(total)} cluster(s) gave a part of one`] : []),
  ];
  if (lacks.length > 0) {
    notes.push({ code: 'clusters-failed', by, message: `${lacks.join(' and ')}: the hits are those that came.` });
  }
  return notes;
}

/** A shard that is not there at all is counted in neither `successful` nor always in `failed`. */
function missingShards({ total, successful, failed = 0 }: Counts): number {
  return total === undefined || successful === undefined ? failed : Math.max(failed, total - successful);
}

function ofAll(total: number | undefined): string {
  return total === undefined ? '' : ` of ${total}`;
}
