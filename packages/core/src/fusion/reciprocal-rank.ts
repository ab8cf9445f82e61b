import { checkNumber, checkOptionNames } from '../check.ts';
import { byRank } from './by-rank.ts';
import type { Fusion } from './pool.ts';

/**
 * Reciprocal rank fusion: the sum of `weight / (k + rank)` over the pools that hold a candidate, ranks from 1
 * (Cormack, Clarke and Büttcher, SIGIR 2009, where k is 60 and every weight 1). For lists that answer the *same*
 * question; lists for different questions are better served by `coverQuestions`.
 */
export function reciprocalRank(options?: {
  /** At least 0; larger means flatter. Default 60. With 0 the first rank alone is worth 1, the second 1/2. */
  readonly k?: number | undefined;
}): Fusion {
  checkOptionNames(options, ['k'], 'reciprocalRank()');
  checkNumber('k', options?.k, 0);
  const k = options?.k ?? 60;
  return byRank(`rrf(${k})`, (rank) => 1 / (k + rank));
}
