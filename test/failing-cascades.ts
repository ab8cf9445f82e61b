// Cascades whose last stage fails, in part or as a whole, over three candidates: what an adapter makes of them.
import { byScore, cascade, inputOrder, withFallback, type Reranker, type Scorer } from '@secondpass/core';
import { dyingReranker } from './small-rerankers.ts';

/** A first stage of cosines. */
export const cosines = (...scores: number[]): Reranker =>
  byScore({ name: 'cosines', kind: 'similarity', pointwise: true, score: async () => ({ value: { scores } }) });

/** A model that had time for the first of those it was given. */
const hurried = (value: number, kind: Scorer['kind']): Reranker =>
  byScore({
    name: 'model',
    kind,
    pointwise: true,
    score: async (_, candidates) => ({
      value: { scores: candidates.map((_, at) => (at === 0 ? value : undefined)) },
      notes: [{ code: 'timed-out', by: 'model', message: 'late', ids: candidates.slice(1).map(({ id }) => id) }],
    }),
  });

/** The best by its cosine is scored by the model, too; the others are not. */
export const half = (value: number, kind: Scorer['kind'] = 'probability'): Reranker =>
  cascade(cosines(0.95, 0.2, 0.1), hurried(value, kind));

/** No model answered. */
export const dead: Reranker = cascade(cosines(0.3, 0.2, 0.1), withFallback(dyingReranker, inputOrder));
