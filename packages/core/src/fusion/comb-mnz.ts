import { SecondpassError } from '../errors.ts';
import { byScores, type ScoreFusionOptions } from './by-scores.ts';
import { weightedSum } from './comb-sum.ts';
import type { Fusion } from './pool.ts';

/**
 * CombMNZ: CombSUM times the number of pools that hold the candidate (Fox and Shaw, TREC-2, 1994), so that agreement
 * counts twice.
 * @throws SecondpassError `invalid-argument` for a negative sum (z-scores, raw logits): multiplying it by the number of
 * pools would punish agreement
 */
export function combMnz(options?: ScoreFusionOptions): Fusion {
  const ignore = options?.missing === 'ignore';
  return byScores('comb-mnz', options, (said) => {
    const sum = weightedSum(said, ignore);
    if (sum < 0) {
      throw new SecondpassError(
        'invalid-argument',
        `combMnz() met a sum of ${sum}: below 0, more pools would mean a lower place. Use the min-max or rank normaliser, or combSum().`,
      );
    }
    return sum * said.pools;
  });
}
