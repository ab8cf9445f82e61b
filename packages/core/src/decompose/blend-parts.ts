import { softmax } from '../maths/softmax.ts';

export type BlendName = 'max' | 'mean' | 'softmax';
/** One score from several, each with its weight (above 0); `undefined` from none: missing is not zero. */
export type Blend = (
  scores: readonly (readonly [score: number, weight: number])[],
  temperature: number,
) => number | undefined;

export const blends: Readonly<Record<BlendName, Blend>> = {
  /** Weights say who has a say, not how much: the best score of any. */
  max(scores) {
    return scores.length === 0 ? undefined : scores.reduce((best, [score]) => Math.max(best, score), -Infinity);
  },
  mean(scores) {
    if (scores.length === 0) return undefined;
    const total = scores.reduce((sum, [, weight]) => sum + weight, 0);
    return scores.reduce((sum, [score, weight]) => sum + score * (weight / total), 0);
  },
  /** Each score counts by its weight times e^(score / temperature). */
  softmax(scores, temperature) {
    if (scores.length === 0) return undefined;
    const shares = softmax(scores.map(([score, weight]) => score / temperature + Math.log(weight)));
    return scores.reduce((sum, [score], at) => sum + score * shares[at]!, 0);
  },
};
