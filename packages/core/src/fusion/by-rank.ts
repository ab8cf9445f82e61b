import { arrange, stableSum } from './arrange.ts';
import { collect } from './collect.ts';
import type { Fusion } from './pool.ts';

/**
 * A fusion that adds up `weight · points(rank)` over the pools that hold a candidate. First-stage scores play no part;
 * a pool that does not hold a candidate adds nothing.
 * @param combine what to make of the sum and the number of pools (of a weight above 0) that hold the candidate
 */
export function byRank(
  name: string,
  points: (rank: number) => number,
  combine: (sum: number, pools: number) => number = (sum) => sum,
): Fusion {
  return {
    name,
    fuse(pools, options) {
      const collected = collect(pools, options, name);
      const scores = collected.entries.map(({ places }) => {
        const terms = places.map(({ pool, rank }) => collected.weights[pool]! * points(rank));
        return combine(stableSum(terms), places.filter(({ pool }) => collected.weights[pool]! > 0).length);
      });
      return arrange(pools, collected, scores, options, name);
    },
  };
}
