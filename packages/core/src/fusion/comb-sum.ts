import { stableSum } from './arrange.ts';
import { byScores, type Said, type ScoreFusionOptions } from './by-scores.ts';
import type { Fusion } from './pool.ts';

/** CombSUM: the sum of normalised scores, each times its pool's weight (Fox and Shaw, TREC-2, 1994, with weights of 1). */
export function combSum(options?: ScoreFusionOptions): Fusion {
  const ignore = options?.missing === 'ignore';
  return byScores('comb-sum', options, (said) => weightedSum(said, ignore));
}

/** With `ignore`, pools that say nothing are taken to say what the others say on average. */
export function weightedSum({ values, weights, allWeights }: Said, ignore: boolean): number {
  const sum = stableSum(values.map((value, at) => value * weights[at]!));
  const total = stableSum(weights);
  return ignore && total > 0 ? (sum / total) * allWeights : sum;
}
