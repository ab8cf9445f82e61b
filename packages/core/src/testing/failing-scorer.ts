import { checkInteger, checkOptionNames } from '../check.ts';
import type { Scorer } from '../types.ts';

/**
 * A fake that fails, to try fallbacks and retries.
 * @param error what it rejects with
 */
export function failingScorer(
  scorer: Scorer,
  error: unknown,
  options: {
    /** How many calls fail before they reach the scorer. Default: all of them. */
    readonly times?: number | undefined;
  } = {},
): Scorer {
  checkOptionNames(options, ['times'], 'failingScorer()');
  checkInteger('times', options.times, 0);
  let left = options.times ?? Infinity;
  return {
    ...scorer,
    async score(query, candidates, options) {
      if (left-- > 0) throw error;
      return await scorer.score(query, candidates, options);
    },
  };
}
