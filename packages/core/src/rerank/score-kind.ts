import { sigmoid } from '../maths/sigmoid.ts';
import type { Score, ScoreKind } from '../types.ts';

/**
 * The value of a score as another kind, or `undefined` where no conversion exists. A logit becomes a probability by the
 * logistic function, and back; every other kind converts to itself alone.
 */
export function valueAs(score: Score, kind: ScoreKind): number | undefined {
  if (score.kind === kind) return score.value;
  if (score.kind === 'logit' && kind === 'probability') return sigmoid(score.value);
  if (score.kind === 'probability' && kind === 'logit') return Math.log(score.value / (1 - score.value));
  return undefined;
}

/**
 * Whether a score is no lower than a threshold, or `undefined` where no conversion exists. Of a logit and a probability both
 * are taken as probabilities: the one that was computed from the other is then equal to it, which the way back is not.
 */
export function reaches(
  score: Score,
  least: { readonly kind: ScoreKind; readonly value: number },
): boolean | undefined {
  const kind = score.kind === least.kind ? score.kind : 'probability';
  const [value, bound] = [valueAs(score, kind), valueAs({ ...least, by: score.by }, kind)];
  return value === undefined || bound === undefined ? undefined : value >= bound;
}
