import { byRank } from './by-rank.ts';
import type { Fusion } from './pool.ts';

/**
 * Inverse square rank: the number of pools that hold a candidate, times the sum of `weight / rank²` over them (Mourão,
 * Martins and Magalhães, Computers in Biology and Medicine 2014). Steeper than reciprocal rank fusion: the first few
 * ranks decide. Pools of weight 0 are not counted.
 */
export function inverseSquareRank(): Fusion {
  return byRank(
    'isr',
    (rank) => 1 / rank ** 2,
    (sum, pools) => pools * sum,
  );
}
