import { SecondpassError } from '@secondpass/core';
import { methodOf } from '../client/search-client.ts';
import { omit } from '../omit.ts';
import type { TransportOptions } from '../search/reranked-search.ts';
import { whereOf, type WhereToSearch } from './parameters.ts';

/** A view of the index that does not change while several searches look at it. */
export interface PointInTime {
  readonly id: string;
  readonly keep_alive: string;
}

export interface PointInTimeOptions extends WhereToSearch {
  /** What to search. */
  readonly index?: string | readonly string[] | undefined;
  /**
   * `false`: none. An object: one that you have opened, and close. Default: one is opened and closed around the
   * searches.
   */
  readonly pit?: false | PointInTime | undefined;
  /** How long the cluster keeps it should nobody close it. Default `'1m'`. */
  readonly keepAlive?: string | undefined;
}

/**
 * Runs work under one point in time, opened for it and closed after it. A close that fails is no failure of the work:
 * the cluster forgets the point in time after `keepAlive` by itself.
 */
export async function withPointInTime<T>(
  client: object,
  { index, pit, keepAlive = '1m', ...where }: PointInTimeOptions,
  transport: TransportOptions | undefined,
  work: (pit: PointInTime | undefined) => Promise<T>,
): Promise<T> {
  if (pit) return work(pit);
  if (index === undefined) {
    throw new SecondpassError('invalid-argument', 'Say which index to search: pass index, or a pit of yours.');
  }
  if (pit === false) return work(undefined);
  const open = methodOf(client, 'openPointInTime');
  const close = methodOf(client, 'closePointInTime');
  if (!open || !close) {
    throw new SecondpassError(
      'invalid-argument',
      'The client has no openPointInTime and closePointInTime: pass pit: false to search without a point in time.',
    );
  }
  const { id } = (await open({ index, keep_alive: keepAlive, ...whereOf(where) }, transport)) as {
    readonly id: string;
  };
  try {
    return await work({ id, keep_alive: keepAlive });
  } finally {
    // Not awaited, and without the caller's signal: an aborted search leaves nothing open, and nobody waits for
    // tidying. All else stays as it was given: who opened it by a key of its own may close it by no other.
    close({ id }, { ...omit(transport ?? {}, 'signal'), maxRetries: 0, requestTimeout: 5000 }).catch(() => {});
  }
}
