import { byScore } from '@secondpass/core';

const words = (text) => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];

/** The share of the query's words that stand in the text: enough to see an order change. */
export const reranker = byScore({
  name: 'word-overlap',
  kind: 'probability',
  pointwise: true,
  async score(query, candidates) {
    const wanted = [...new Set(words(query))];
    const scores = candidates.map(({ content }) => {
      const have = new Set(words(content));
      return wanted.filter((word) => have.has(word)).length / wanted.length;
    });
    return { value: { scores } };
  },
});

export const dying = { name: 'dying', rerank: () => Promise.reject(new Error('lost its model')) };
export const texts = ['Cats sleep all day', 'Dune was written by Frank Herbert', 'Frank likes cats'];
export const query = 'Who was Frank Herbert, writer of Dune';

/** A signal that fires after 20 ms. Unlike that of AbortSignal.timeout, its timer keeps the program alive. */
export function soon() {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  return controller.signal;
}
