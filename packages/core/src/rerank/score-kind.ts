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
