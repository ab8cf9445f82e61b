import { SecondpassError } from '@secondpass/core';
import { methodOf } from '../client/search-client.ts';
import type { TransportOptions } from '../search/reranked-search.ts';

/** A view of the index that does not change while several searches look at it. */
export interface PointInTime {
  readonly id: string;
  readonly keep_alive: string;
}

/**
 * Runs work under one point in time, opened for it and closed after it. A close that fails is no failure of the work:
 * the cluster forgets the point in time after `keepAlive` by itself.
 */
export async function underPointInTime<T>(
  client: object,
  index: string | readonly string[],
  keepAlive: string,
  transport: TransportOptions | undefined,
  work: (pit: PointInTime) => Promise<T>,
): Promise<T> {
  const open = methodOf(client, 'openPointInTime');
  const close = methodOf(client, 'closePointInTime');
  if (!open || !close) {
    throw new SecondpassError(
      'invalid-argument',
      'The client has no openPointInTime and closePointInTime: pass pit: false to search without a point in time.',
    );
  }
  const { id } = (await open({ index, keep_alive: keepAlive }, transport)) as { readonly id: string };
  try {
    return await work({ id, keep_alive: keepAlive });
  } finally {
    // Not awaited, and without the caller's signal: an aborted search leaves nothing open, and nobody waits for tidying.
    close({ id }, { maxRetries: 0, requestTimeout: 5000 }).catch(() => {});
  }
}
