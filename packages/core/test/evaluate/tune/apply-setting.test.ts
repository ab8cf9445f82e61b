import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blend as blendOf, byScore, firstStage, type Scorer, window } from '@secondpass/core';
import { applySetting, settingName } from '@secondpass/core/evaluate';

describe('applying a setting', () => {
  const hits = fc.uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 4 }),
      first: fc.integer({ min: 0, max: 10_000 }),
      score: fc.integer({ min: -5000, max: 5000 }),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 25 },
  );

  it('orders as window(byScore(blend())) does: the code it recommends', async () => {
    await fc.assert(
      fc.asyncProperty(
        hits,
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(0, 0.1, 0.5, 0.9),
        async (rows, depth, blend) => {
          const listed = [...rows]
            .sort((a, b) => b.first - a.first)
            .map((row, index) => ({ ...row, first: row.first - index / 100 }));
          const candidates = listed.map(({ id, first }) => ({
            id,
            content: id,
            score: { value: first, kind: 'retrieval', by: 'first' } as const,
          }));
          const values = new Map(listed.map(({ id, score }, index) => [id, score + index / 1000]));
          const model: Scorer = {
            name: 'model',
            kind: 'logit',
            pointwise: true,
            score: async (_query, all) => ({ value: { scores: all.map(({ id }) => values.get(id)!) } }),
          };
          const applied = applySetting(
            listed.map(({ id, first }) => ({ id, score: first })),
            listed.map(({ id }) => values.get(id)!),
            { system: 'model', depth, blend },
          );
          const scorer =
            blend === 0
              ? model
              : blendOf(
                  [
                    { scorer: model, weight: 1 - blend },
                    { scorer: firstStage(), weight: blend },
                  ],
                  { missing: 'lowest' },
                );
          const { results } = await window(byScore(scorer), depth).rerank('q', candidates);
          const expected = results.map(({ candidate }) => candidate.id);
          expect(applied).toEqual(expected);
        },
      ),
    );
  });

  it('keeps hits that could not be scored below, and takes ranks where the first stage has no scores', () => {
    const setting = { system: 'm', depth: 3, blend: 0 };
    expect(applySetting([{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }], [1, null, 2], setting)).toEqual([
      'c',
      'a',
      'b',
      'd',
    ]);
    expect(applySetting([{ id: 'a' }, { id: 'b' }, { id: 'c' }], [0, 0, 1], { ...setting, blend: 0.9 })).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(settingName({ ...setting, blend: 0.2 })).toBe('m, depth 3, 0.2 first stage');
  });
});
