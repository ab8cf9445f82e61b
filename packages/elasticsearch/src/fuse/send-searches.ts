import { SecondpassError } from '@secondpass/core';
import { methodOf, type SearchBody, type SearchParams } from '../client/search-client.ts';
import type { TransportOptions } from '../search/reranked-search.ts';
import type { PointInTime } from './point-in-time.ts';

/** One search of several. */
export interface PoolSearch {
  readonly name: string;
  readonly body: SearchParams;
}

/** What the searches found, in their order; one that failed answers `error`. */
export interface Answers {
  readonly answers: readonly SearchBody[];
  /** Milliseconds on the cluster. */
  readonly took: number;
}

/** Sends all searches in one `_msearch`, under the point in time if there is one, else to the index. */
export async function sendSearches(
  client: object,
  searches: readonly PoolSearch[],
  { index, pit }: { readonly index?: string | readonly string[] | undefined; readonly pit: PointInTime | undefined },
  transport: TransportOptions | undefined,
): Promise<Answers> {
  const msearch = methodOf(client, 'msearch');
  if (!msearch)
    throw new SecondpassError('invalid-argument', 'The client has no msearch, which several searches need.');
  const header = pit || index === undefined ? {} : { index };
  const lines = searches.flatMap(({ body }) => [header, pit ? { ...body, pit } : body]);
  const answer = (await msearch({ searches: lines }, transport)) as {
    readonly took?: number;
    readonly responses?: readonly SearchBody[];
  };
  if (answer.responses?.length === searches.length) return { answers: answer.responses, took: answer.took ?? 0 };
  throw new SecondpassError(
    'failed',
    `_msearch answered ${answer.responses?.length ?? 'no'} response(s) to ${searches.length} search(es).`,
  );
}

/** The cluster's reason in an error, as text. */
export function reasonOf(error: unknown): string {
  const {
    type,
    reason,
    root_cause: causes,
  } = (error ?? {}) as {
    type?: string;
    reason?: string;
    root_cause?: { reason?: string }[];
  };
  return causes?.[0]?.reason ?? reason ?? type ?? 'no answer';
}
