import { checkOptionNames, requireNumber } from '../check.ts';
import { seededRandom } from '../maths/random.ts';
import type { Scorer } from '../types.ts';

/**
 * A fake that does not say the same thing twice, as a language model may: to every score it adds noise from
 * [-amplitude, amplitude). Missing scores stay missing.
 */
export function noisyScorer(
  scorer: Scorer,
  amplitude: number,
  options: {
    /** Makes a whole test repeatable. Default 1. */
    readonly seed?: number | undefined;
  } = {},
): Scorer {
  checkOptionNames(options, ['seed'], 'noisyScorer()');
  requireNumber('noisyScorer(amplitude)', amplitude, 0);
  const random = seededRandom(options.seed ?? 1);
  const disturb = (score: number | undefined): number | undefined =>
    score === undefined ? undefined : score + amplitude * (2 * random() - 1);
  return {
    ...scorer,
    pointwise: false,
    async score(query, candidates, options) {
      const answer = await scorer.score(query, candidates, options);
      return { ...answer, value: { ...answer.value, scores: Array.from(answer.value.scores, disturb) } };
    },
  };
}
