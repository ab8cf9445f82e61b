import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  coverQuestions,
  decomposed,
  type FusionKey,
  rerankByParts,
  type Retriever,
  type Scorer,
  searchByHops,
} from '@secondpass/core';
import { parts, wordSearch } from './fakes.ts';
import { scoring } from './hop-fixtures.ts';

/** Two indexes that number their documents by themselves: an id says nothing without its index. */
const indexes = (one: readonly string[], two: readonly string[]): Retriever[] =>
  [one, two].map((texts, index) =>
    wordSearch(['one', 'two'][index]!, Object.fromEntries(texts.map((text, at) => [String(at + 1), text]))),
  );

describe('candidates that share an id', () => {
  it('are shown to the scorer with the first-stage scores of their own list', async () => {
    const word = fc.constantFrom('ada', 'babbage', 'born', 'tea', 'engine');
    const texts = fc
      .uniqueArray(fc.array(word, { minLength: 1, maxLength: 4 }), {
        selector: (words) => words.join(' '),
        maxLength: 6,
      })
      .map((list) => list.map((words) => words.join(' ')));
    await fc.assert(
      fc.asyncProperty(texts, fc.nat(6), async (all, cut) => {
        const retrievers = indexes(all.slice(0, cut), all.slice(cut));
        const shown: { readonly query: string; readonly text: string; readonly score: number | undefined }[] = [];
        const spy: Scorer = {
          name: 'spy',
          kind: 'logit',
          pointwise: true,
          score: async (query, candidates) => {
            for (const { content, score } of candidates) {
              shown.push({ query: query as string, text: content as string, score: score?.value });
            }
            return { value: { scores: candidates.map(() => 0) } };
          },
        };
        await decomposed(retrievers, parts('ada', 'babbage'), coverQuestions(), rerankByParts(spy), {
          key: 'content',
        }).search('born');
        for (const query of ['ada', 'babbage']) {
          const found = (await Promise.all(retrievers.map((one) => one.retrieve(query)))).flat();
          const own = shown.filter((pair) => pair.query === query);
          expect(own.map(({ text }) => text).toSorted()).toEqual(found.map(({ content }) => content).toSorted());
          for (const { text, score } of own) {
            expect(score).toBe(found.find(({ content }) => content === text)!.score!.value);
          }
        }
      }),
    );
  });

  const cast = indexes(
    ['Ada Swan starred in the film.', 'Ada Swan has a sister.'],
    ['Bea Crow starred in the film too.', 'Bea Crow has no sister.'],
  );
  it.each<[string, FusionKey, Scorer | undefined]>([
    ['content', 'content', undefined],
    ['a field', { field: 'content' }, undefined],
    ['a function', ({ content }) => content as string, scoring((_, text) => (text.includes('Bea') ? 0.9 : 0.8))],
  ])('are both read on the way, where %s tells them apart', async (_what, key, scorer) => {
    const { hops, results } = await searchByHops(cast, parts(), undefined, undefined, { key, scorer, hops: 1 }).search(
      'Who starred in the film?',
    );
    expect(hops!.map(({ query }) => query)).toEqual(
      expect.arrayContaining(['Who starred in the film? Ada Swan', 'Who starred in the film? Bea Crow']),
    );
    expect(hops!.reduce((sum, { found }) => sum + found, 0)).toBe(results.length);
  });

  it('count once where the id is the key, whatever their texts', async () => {
    const { hops, results } = await searchByHops(cast, parts(), undefined, undefined, { hops: 1 }).search(
      'Who starred in the film?',
    );
    expect(hops!.map(({ query }) => query)).not.toContain('Who starred in the film? Bea Crow');
    expect(hops!.reduce((sum, { found }) => sum + found, 0)).toBe(results.length);
  });
});
