import { checkRole } from '../check-role.ts';
import { checkedScores } from '../checked-scores.ts';
import { SecondpassError } from '../errors.ts';
import type { ScoreDetail, Scorer } from '../types.ts';
import { probabilityOf, readCalibration, type Calibration } from './calibration.ts';

/**
 * A scorer whose scores have become probabilities by a calibration fitted to it, so that one threshold means the same
 * for every model. The order stays: calibrations never fall. What was a logit stays in `detail.logit`.
 *
 * @example
 * const calibration = fitCalibration('platt', judged); // once, from a few judged pairs; save it as JSON
 * const reranker = byScore(calibrated(await loadCrossEncoder(), calibration));
 * await reranker.rerank(query, candidates, { minScore: { kind: 'probability', value: 0.5 } });
 * @throws SecondpassError `invalid-argument` for a broken calibration, or `temperature` over a scorer that gives no logits
 */
export function calibrated(scorer: Scorer, calibration: Calibration): Scorer {
  checkRole(scorer, 'score', 'calibrated()');
  const curve = readCalibration(calibration);
  if (curve.method === 'temperature' && scorer.kind !== 'logit') {
    throw new SecondpassError(
      'invalid-argument',
      `Temperature divides logits and ${scorer.name} gives scores of kind ${scorer.kind}; fit platt or isotonic.`,
    );
  }
  return {
    name: `calibrated(${scorer.name})`,
    kind: 'probability',
    pointwise: scorer.pointwise,
    async score(query, candidates, options) {
      const { value, ...rest } = await scorer.score(query, candidates, options);
      const inner = checkedScores(value.scores, candidates.length, scorer.name);
      const scores = inner.map((score) => (score === undefined ? undefined : probabilityOf(curve, score)));
      const details = inner.map((score, index): ScoreDetail | undefined => {
        const detail = value.details?.[index];
        return scorer.kind === 'logit' && score !== undefined ? { logit: score, ...detail } : detail;
      });
      return { ...rest, value: { scores, details } };
    },
  };
}
