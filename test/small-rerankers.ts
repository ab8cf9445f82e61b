import { byScore, type Content, type Reranker, type Scorer } from '@secondpass/core';

const words = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];

/** A small honest scorer: the share of the query's words that stand in the text. Deterministic, no model. */
export const wordOverlap: Scorer = {
  name: 'word-overlap',
  kind: 'probability',
  pointwise: true,
  async score(query, candidates) {
    const wanted = new Set(words(String(query)));
    const scores = candidates.map(({ content }) => {
      const have = new Set(words(String(content)));
      return [...wanted].filter((word) => have.has(word)).length / Math.max(1, wanted.size);
    });
    return { value: { scores } };
  },
};

export const overlapReranker: Reranker = byScore(wordOverlap);
/** Fails every call. */
export const dyingReranker: Reranker = { name: 'dying', rerank: () => Promise.reject(new Error('lost its model')) };
/** Never answers, and listens to no signal. */
export const hangingReranker: Reranker = { name: 'hanging', rerank: () => new Promise(() => {}) };

/** Hands on what was read, as the model would see it. */
export function reading(): { readonly read: Content[]; readonly reranker: Reranker } {
  const read: Content[] = [];
  const score: Scorer['score'] = async (_, candidates) => {
    read.push(...candidates.map(({ content }) => content));
    return { value: { scores: candidates.map(() => 1) } };
  };
  return { read, reranker: byScore({ name: 'reading', kind: 'logit', pointwise: true, score }) };
}
