import { SecondpassError } from '@secondpass/core';
import type { Note } from '@secondpass/core';
import { methodOf, type Hit, type SearchBody, type SearchParams } from '../client/search-client.ts';
import { partialNotes } from '../search/partial.ts';
import type { TransportOptions } from '../search/reranked-search.ts';
import { underPointInTime, type PointInTime } from './point-in-time.ts';

/** One search of several. */
export interface PoolSearch {
  readonly name: string;
  readonly body: SearchParams;
}

export interface GatherOptions {
  readonly index?: string | readonly string[] | undefined;
  /** `false`: none. An object: one that you have opened, and close. Default: one is opened and closed around the searches. */
  readonly pit?: false | PointInTime | undefined;
  readonly keepAlive?: string | undefined;
  readonly onFailure?: 'first-stage' | 'throw' | undefined;
}

/** What one search found: its answer, or the error it came back with. */
export interface Gathered {
  readonly answers: readonly SearchBody[];
  readonly took: number;
  readonly notes: readonly Note[];
}

/**
 * Sends all searches in one `_msearch`, under one point in time, so that all look at the same state of the index.
 * A search that fails is noted and counts as one that found nothing, unless all fail or `onFailure` is `'throw'`.
 * @throws SecondpassError `failed`, with the cluster's error as `cause`
 */
export async function gatherPools(
  client: object,
  searches: readonly PoolSearch[],
  { index, pit, keepAlive = '1m', onFailure }: GatherOptions,
  transport: TransportOptions | undefined,
): Promise<Gathered> {
  const msearch = methodOf(client, 'msearch');
  if (!msearch)
    throw new SecondpassError('invalid-argument', 'The client has no msearch, which several searches need.');
  const send = async (point: PointInTime | undefined): Promise<Gathered> => {
    const header = point || index === undefined ? {} : { index };
    const lines = searches.flatMap(({ body }) => [header, point ? { ...body, pit: point } : body]);
    const answer = (await msearch({ searches: lines }, transport)) as {
      readonly took?: number;
      readonly responses: readonly SearchBody[];
    };
    return { answers: answer.responses, took: answer.took ?? 0, notes: notesOn(searches, answer.responses, onFailure) };
  };
  if (pit !== undefined) return send(pit || undefined);
  if (index === undefined) {
    throw new SecondpassError('invalid-argument', 'Say which index to search: pass index, or a pit of yours.');
  }
  return underPointInTime(client, index, keepAlive, transport, send);
}

function notesOn(
  searches: readonly PoolSearch[],
  answers: readonly SearchBody[],
  onFailure: GatherOptions['onFailure'],
): Note[] {
  const notes: Note[] = [];
  let failed = 0;
  for (const [at, { name }] of searches.entries()) {
    const answer = answers[at];
    if (answer && answer.error === undefined) {
      notes.push(...partialNotes(answer).map((note) => ({ ...note, message: `Search "${name}": ${note.message}` })));
      continue;
    }
    failed++;
    const message = `Search "${name}" failed and adds nothing: ${reasonOf(answer?.error)}`;
    if (onFailure === 'throw' || failed === searches.length) {
      throw new SecondpassError('failed', message, { cause: answer?.error });
    }
    notes.push({ code: 'retriever-failed', by: name, message, cause: answer?.error });
  }
  return notes;
}

function reasonOf(error: unknown): string {
  const {
    type,
    reason,
    root_cause: causes,
  } = (error ?? {}) as { type?: string; reason?: string; root_cause?: { reason?: string }[] };
  return causes?.[0]?.reason ?? reason ?? type ?? 'no answer';
}

/** The identity of a hit: an `_id` is unique only within its index and routing. */
export function keyOf({ _index = '', _id = '', _routing = '' }: Hit): string {
  return `${_index}/${_id}${_routing && `?routing=${_routing}`}`;
}
