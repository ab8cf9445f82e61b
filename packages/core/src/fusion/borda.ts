import { checkOptionNames } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import { arrange, stableSum } from './arrange.ts';
import { collect } from './collect.ts';
import type { Fusion } from './pool.ts';

/**
 * Borda count: with n distinct candidates in all pools, a pool gives n points to its first, n − 1 to its second, and so
 * on, times its weight (Aslam and Montague, SIGIR 2001).
 * An empty pool gives nothing to anyone.
 */
export function borda(options?: {
  /**
   * What a pool gives to those it does not hold: `'share'` (the default, as published) is an equal share of the points
   * left over, `(n − size + 1) / 2`; `'zero'` is nothing.
   */
  readonly missing?: 'share' | 'zero' | undefined;
}): Fusion {
  checkOptionNames(options, ['missing'], 'borda()');
  const missing = options?.missing ?? 'share';
  if (missing !== 'share' && missing !== 'zero') {
    throw new SecondpassError('invalid-argument', `missing is "${String(missing)}"; borda() knows 'share' and 'zero'.`);
  }
  return {
    name: 'borda',
    fuse(pools, fuseOptions) {
      const collected = collect(pools, fuseOptions, 'borda');
      const n = collected.entries.length;
      const left = collected.lists.map(({ length }) => (missing === 'zero' || length === 0 ? 0 : (n - length + 1) / 2));
      const scores = collected.entries.map(({ places }) => {
        const points = left.slice();
        for (const { pool, rank } of places) points[pool] = n - rank + 1;
        return stableSum(points.map((point, pool) => point * collected.weights[pool]!));
      });
      return arrange(pools, collected, scores, fuseOptions, 'borda');
    },
  };
}
