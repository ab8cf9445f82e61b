import { stableSum } from './arrange.ts';
import { byScores, type ScoreFusionOptions } from './by-scores.ts';
import type { Fusion } from './pool.ts';

/**
 * The weighted mean of normalised scores: `Σ weight · score / Σ weight`, the linear combination of Vogt and Cottrell
 * (Information Retrieval 1999). Under min-max the result is in [0, 1]. If every weight is 0, every score is 0.
 */
export function weightedScores(options?: ScoreFusionOptions): Fusion {
  return byScores('weighted-scores', options, ({ values, weights }) => {
    const total = stableSum(weights);
    return total === 0 ? 0 : stableSum(values.map((value, at) => value * weights[at]!)) / total;
  });
}
