import { SecondpassError } from '@secondpass/core';
import { methodOf, type SearchBody } from '../client/search-client.ts';
import type { TransportOptions } from '../search/reranked-search.ts';
import { whereOf, type WhereToSearch } from './parameters.ts';
import type { PointInTime } from './point-in-time.ts';
import type { PoolSearch } from './pool-search.ts';

/** What the searches look at: the point in time if there is one, else the index. */
export interface SearchTarget extends WhereToSearch {
  readonly index?: string | readonly string[] | undefined;
  readonly pit: PointInTime | undefined;
}

/** What the searches found, in their order; one that failed answers `error`. */
export interface Answers {
  readonly answers: readonly SearchBody[];
  /** Milliseconds on the cluster. */
  readonly took: number;
}

/** Sends all searches in one `_msearch`. */
export async function sendSearches(
  client: object,
  searches: readonly PoolSearch[],
  { index, pit, ...where }: SearchTarget,
  transport: TransportOptions | undefined,
): Promise<Answers> {
  const msearch = methodOf(client, 'msearch');
  if (!msearch)
    throw new SecondpassError('invalid-argument', 'The client has no msearch, which several searches need.');
  const shared = pit ? {} : { ...(index !== undefined && { index }), ...whereOf(where) };
  const lines = searches.flatMap(({ header, body }) => [{ ...shared, ...header }, pit ? { ...body, pit } : body]);
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
