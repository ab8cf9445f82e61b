import type { Candidate, Decomposer, Retriever, SubQuestion } from '@secondpass/core';

export const doc = (id: string, content: string = `text of ${id}`): Candidate => ({ id, content });

/** A small honest search: documents sharing the most words with the query first, those sharing none left out. */
export function wordSearch(
  name: string,
  documents: Readonly<Record<string, string>>,
): Retriever & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    name,
    asked,
    async retrieve(query, options) {
      asked.push(query as string);
      const words = new Set(
        String(query)
          .toLowerCase()
          .match(/\p{L}+/gu),
      );
      return Object.entries(documents)
        .map(([id, text]) => ({
          id,
          text,
          hits: (text.toLowerCase().match(/\p{L}+/gu) ?? []).filter((w) => words.has(w)).length,
        }))
        .filter(({ hits }) => hits > 0)
        .toSorted((a, b) => b.hits - a.hits)
        .slice(0, options?.limit)
        .map(({ id, text, hits }) => ({
          id,
          content: text,
          score: { value: hits, kind: 'retrieval', by: name } as const,
        }));
    },
  };
}

export const parts = (...list: readonly (string | SubQuestion)[]): Decomposer => ({
  name: 'given',
  decompose: async () => ({ value: list.map((part) => (typeof part === 'string' ? { text: part } : part)) }),
});

export const dead: Retriever = {
  name: 'dead',
  retrieve: async () => {
    throw new Error('connection refused');
  },
};

/** Never answers and never listens. */
export const hanging: Retriever = { name: 'hanging', retrieve: () => new Promise(() => {}) };
