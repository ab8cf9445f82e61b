import { SecondpassError } from '@secondpass/core';
import type { Note } from '@secondpass/core';
import type { SearchBody } from '../client/search-client.ts';
import { partialNotes } from '../search/partial.ts';
import type { TransportOptions } from '../search/reranked-search.ts';
import { withPointInTime, type PointInTimeOptions } from './point-in-time.ts';
import type { PoolSearch } from './pool-search.ts';
import { reasonOf, sendSearches, type Answers } from './send-searches.ts';

export interface GatherPoolsOptions extends PointInTimeOptions {
  /** `'throw'`: any search that fails fails all. Default: as the client says, else `'first-stage'`, with a note. */
  readonly onFailure?: 'first-stage' | 'throw' | undefined;
}

export interface GatheredPools extends Answers {
  readonly notes: readonly Note[];
}

/**
 * Sends all searches in one `_msearch`, under one point in time, so that all look at the same state of the index.
 * A search that fails is noted and counts as one that found nothing, unless all fail or `onFailure` is `'throw'`.
 * @throws SecondpassError `failed`, with the cluster's error as `cause`
 */
export function gatherPools(
  client: object,
  searches: readonly PoolSearch[],
  options: GatherPoolsOptions,
  transport: TransportOptions | undefined,
): Promise<GatheredPools> {
  return withPointInTime(client, options, transport, async (pit) => {
    const sent = await sendSearches(client, searches, { ...options, pit }, transport);
    return { ...sent, notes: notesOn(searches, sent.answers, options.onFailure) };
  });
}

function notesOn(
  searches: readonly PoolSearch[],
  answers: readonly SearchBody[],
  onFailure: GatherPoolsOptions['onFailure'],
): Note[] {
  const notes: Note[] = [];
  let failed = 0;
  for (const [at, { name }] of searches.entries()) {
    const { error } = answers[at]!;
    if (error === undefined) {
      notes.push(...notesOf(name, answers[at]!));
      continue;
    }
    failed++;
    const message = `Search "${name}" failed and adds nothing: ${reasonOf(error)}`;
    if (onFailure === 'throw' || failed === searches.length)
      throw new SecondpassError('failed', message, { cause: error });
    notes.push({ code: 'retriever-failed', by: name, message, cause: error });
  }
  return notes;
}

/** What is to be said of one answer of several. */
export function notesOf(name: string, answer: SearchBody): Note[] {
  return partialNotes(answer).map((note) => ({ ...note, message: `Search "${name}": ${note.message}` }));
}
