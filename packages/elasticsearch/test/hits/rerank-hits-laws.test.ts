import { cascade, cut, inputOrder, window as onlyFirst, type Reranker } from '@secondpass/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rerankHits } from '../../src/index.ts';
import { frozen } from '../recorded/recorded.ts';
import { reranker, text, type Small } from './by-number.ts';

/** A few passages, one, none, or one that cannot be scored. */
const texts = fc.oneof(
  fc.array(fc.integer({ min: -9, max: 9 }).map(String), { maxLength: 4 }),
  fc.constantFrom(undefined, 'no number', ['', ' '], ['no', '3']),
);
const hitLists = fc
  .array(fc.record({ text: texts, score: fc.option(fc.integer({ min: 0, max: 5 })) }), { maxLength: 30 })
  .map((list) =>
    list.map(({ text, score }, at): Small => ({
      _index: 'i',
      _id: `h${at % 20}`,
      _score: score,
      _source: text === undefined ? {} : { text },
    })),
  );

/** The slow oracle: hits without text stay; the others by best passage, ties as they stood, unscored ones last. */
function slowly(hits: readonly Small[]): Small[] {
  const best = (hit: Small): number | undefined => {
    const values = [hit._source.text ?? []]
      .flat()
      .map((passage) => Number.parseFloat(passage))
      .filter((value) => !Number.isNaN(value));
    return values.length > 0 ? Math.max(...values) : undefined;
  };
  const hasText = (hit: Small): boolean => [hit._source.text ?? []].flat().some((passage) => passage.trim() !== '');
  const read = hits.filter(hasText);
  const ordered = [
    ...read.filter((hit) => best(hit) !== undefined).sort((a, b) => best(b)! - best(a)!),
    ...read.filter((hit) => best(hit) === undefined),
  ];
  return hits.map((hit) => (hasText(hit) ? ordered.shift()! : hit));
}

describe('rerankHits, whatever the hits', () => {
  it('orders as a slow oracle does: best passage first, ties and hits without text where they stood', async () => {
    await fc.assert(
      fc.asyncProperty(hitLists, async (hits) => {
        const out = await rerankHits(frozen(hits), 'q', { reranker, text });
        expect(out.hits.map(({ _secondpass }) => hits[_secondpass.firstStage.place! - 1])).toEqual(slowly(hits));
      }),
    );
  });

  it('loses none, doubles none, changes none of what it was given, and keeps all of it by reference', async () => {
    const rerankers: Reranker[] = [
      reranker,
      inputOrder,
      cascade(reranker, cut(3)),
      onlyFirst(reranker, 4),
      { name: 'failing', rerank: () => Promise.reject(new Error('no')) },
      { name: 'silent', rerank: async () => ({ results: [], notes: [], runs: [] }) },
      {
        name: 'doubling',
        rerank: async (query, candidates) => {
          const { results } = await reranker.rerank(query, candidates);
          return { results: [...results, ...results], notes: [], runs: [] };
        },
      },
      {
        name: 'making up',
        rerank: async (query, candidates) => {
          const ranking = await reranker.rerank(query, candidates);
          const none = { candidate: { id: 'x', content: 'made up' }, originalIndex: 0, placedBy: 'making up' };
          return { ...ranking, results: [none, ...ranking.results] } as never;
        },
      },
      {
        name: 'inventing',
        rerank: async (query, candidates) => {
          const copies = candidates.map((candidate) => ({ ...candidate }));
          return reranker.rerank(query, copies) as never;
        },
      },
    ];
    await fc.assert(
      fc.asyncProperty(
        hitLists,
        fc.constantFrom(...rerankers),
        fc.integer({ min: 1, max: 40 }),
        async (hits, reranker, window) => {
          // Where nothing failed, nothing may be saved by falling back.
          const onFailure = reranker.name === 'failing' ? 'first-stage' : 'throw';
          const options = { reranker, text, window, onFailure } as const;
          const { hits: out, rerank } = await rerankHits(frozen(hits), 'q', options);
          expect(out.map(({ _secondpass }) => _secondpass.firstStage.place).toSorted((a, b) => a! - b!)).toEqual(
            hits.map((_, at) => at + 1),
          );
          for (const hit of out) {
            const original = hits[hit._secondpass.firstStage.place! - 1]!;
            expect(hit._source).toBe(original._source);
            expect(hit._secondpass.firstStage.score).toBe(original._score);
          }
          expect(rerank.scored + rerank.unscored).toBe(Math.min(hits.length, window));
        },
      ),
    );
  });

  it('never lets scores rise among those it scored, and gives the others null', async () => {
    await fc.assert(
      fc.asyncProperty(hitLists, async (hits) => {
        const { hits: out, rerank } = await rerankHits(hits, 'q', { reranker, text });
        fc.pre(rerank.applied);
        const scores = out.map(({ _score }) => _score).filter((score) => score !== null);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        expect(scores).toHaveLength(rerank.scored);
        for (const { _score, _secondpass } of out) expect(_score).toBe(_secondpass.score?.value ?? null);
      }),
    );
  });
});
