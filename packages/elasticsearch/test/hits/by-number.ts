// Small hits, and a reranker that scores a text by the number in it.
import { byScore, type Scorer } from '@secondpass/core';

export interface Small {
  readonly _index: string;
  readonly _id: string;
  readonly _score: number | null;
  readonly _source: { readonly text?: string | readonly string[] };
}

/** Scores a text by the number in it; text without one cannot be scored. */
const byNumber: Scorer = {
  name: 'by-number',
  kind: 'logit',
  pointwise: true,
  async score(_query, candidates) {
    const scores = candidates.map(({ content }) => {
      const value = Number.parseFloat(content as string);
      return Number.isNaN(value) ? undefined : value;
    });
    return { value: { scores } };
  },
};
export const reranker = byScore(byNumber);
export const text = { each: 'text' } as const;
