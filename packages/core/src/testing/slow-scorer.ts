import { checkOptionNames, requireNumber } from '../check.ts';
import type { Scorer } from '../types.ts';
import { wait } from '../wait.ts';

/**
 * A fake that takes its time before it scores, to try timeouts, queues and aborts.
 * @param ms how long, in milliseconds: from 0 to 2,147,483,647, the longest that a timer waits (24 days)
 */
export function slowScorer(
  scorer: Scorer,
  ms: number,
  options: {
    /** It stops waiting when its signal aborts. Default true; false makes one that only `withTimeout` can end. */
    readonly heedsAbort?: boolean | undefined;
  } = {},
): Scorer {
  checkOptionNames(options, ['heedsAbort'], 'slowScorer()');
  requireNumber('slowScorer(ms)', ms, 0, 2 ** 31 - 1);
  const { heedsAbort = true } = options;
  return {
    ...scorer,
    async score(query, candidates, options) {
      await wait(ms, heedsAbort ? options?.signal : undefined);
      return await scorer.score(query, candidates, options);
    },
  };
}
