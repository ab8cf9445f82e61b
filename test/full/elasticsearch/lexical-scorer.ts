import type { Scorer } from '@secondpass/core';

/**
 * A small honest scorer that needs no model: how much of the question's words a text has, per square root of its length.
 * Quick, pointwise and deterministic, and different enough from BM25 that every order changes.
 */
export const lexical: Scorer = {
  name: 'lexical',
  kind: 'similarity',
  pointwise: true,
  async score(query, candidates) {
    const asked = new Set(wordsOf(query as string));
    const scores = candidates.map(({ content }) => {
      const words = wordsOf(content as string);
      const hits = words.filter((word) => asked.has(word)).length;
      return hits / Math.sqrt(words.length || 1);
    });
    return { value: { scores } };
  },
};

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
}
