import { checkScore } from './check.ts';
import { SecondpassError } from './errors.ts';
import type { Scored } from './types.ts';

/**
 * A scorer's scores as a list, once they are known to be what scores are: one for each candidate, finite or `undefined`.
 * @param by the scorer's name
 * @param candidateOf the candidate, by its index, that a score belongs to; for the message. Default: that of the same index
 * @throws SecondpassError `invalid-score`
 */
export function checkedScores(
  scores: Scored['scores'],
  count: number,
  by: string,
  candidateOf: (index: number) => number = (index) => index,
): (number | undefined)[] {
  if (scores.length !== count) {
    throw new SecondpassError('invalid-score', `${by} gave ${scores.length} score(s) for ${count} candidate(s).`);
  }
  const list = Array.from(scores);
  for (const [index, score] of list.entries()) if (score !== undefined) checkScore(score, candidateOf(index), by);
  return list;
}
