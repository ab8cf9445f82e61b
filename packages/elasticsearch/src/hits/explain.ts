import type { Score } from '@secondpass/core';
import type { HitDetail } from './hit-detail.ts';

/** Elasticsearch's explanation of a hit, with ours appended on top: the new score, and from what it came. */
export function explain(explanation: unknown, score: Score, { earlier, logit, firstStage }: HitDetail): unknown {
  const scores = (earlier ?? []).map(({ value, kind, by }) => ({
    value,
    description: `${kind} by ${by}`,
    details: [],
  }));
  if (logit !== undefined && score.kind !== 'logit') scores.push({ value: logit, description: 'logit', details: [] });
  const place = firstStage.place === undefined ? '' : ` at place ${firstStage.place}`;
  return {
    value: score.value,
    description: `${score.kind} by ${score.by}, which replaces the score of the search${place}:`,
    details: [...scores, explanation],
  };
}
