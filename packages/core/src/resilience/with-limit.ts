import { checkInteger, checkOptionNames, checkRerankCall, requireInteger } from '../check.ts';
import { checkRole } from '../check-role.ts';
import type { Reranker } from '../types.ts';
import { slots } from './slots.ts';

export interface LimitOptions {
  /** How many calls may run at the same time, at least 1. */
  readonly concurrency: number;
  /** How many more may wait for their turn; the next one is refused. 0 refuses at once. Default 100. */
  readonly queue?: number | undefined;
}

/**
 * Bounds how many calls of a reranker run at the same time, and how many wait, first come, first served. A call beyond
 * both rejects with `overloaded` (retryable) instead of piling up. A caller's abort, or deadline, in the queue frees its
 * place. A slot is free again when the reranker has settled, also when its caller has long gone away.
 * @throws SecondpassError `invalid-argument` for what is no reranker, or an option out of its range; from `rerank`
 *   `overloaded`, and `timed-out` if the deadline passes in the queue
 */
export function withLimit(reranker: Reranker, options: LimitOptions): Reranker {
  checkRole(reranker, 'rerank', 'withLimit()');
  checkOptionNames(options, ['concurrency', 'queue'], 'withLimit()');
  requireInteger('concurrency', options?.concurrency, 1);
  checkInteger('queue', options.queue, 0);
  const name = `withLimit(${reranker.name}, ${options.concurrency})`;
  const places = slots(options.concurrency, options.queue ?? 100, name);
  return {
    name,
    async rerank(query, candidates, options) {
      checkRerankCall(candidates, options, name);
      const giveBack = await places.take(options);
      try {
        options?.signal?.throwIfAborted();
        return await reranker.rerank(query, candidates, options);
      } finally {
        giveBack();
      }
    },
  };
}
