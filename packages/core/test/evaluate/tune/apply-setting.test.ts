import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blend as blendOf, byScore, firstStage, type Scorer, window } from '@secondpass/core';
import { applySetting, settingName } from '@secondpass/core/evaluate';

describe('applying a setting', () => {
  const hits = fc.uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 4 }),
      first: fc.option(fc.integer({ min: 0, max: 20 }), { freq: 4 }),
      score: fc.option(fc.integer({ min: -10, max: 10 }), { freq: 4 }),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 25 },
  );

  it('orders as window(byScore(blend())) does: the code it recommends', async () => {
    await fc.assert(
      fc.asyncProperty(
        hits,
        fc.boolean(),
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(0, 0.1, 0.5, 0.7, 0.9),
        async (listed, hasScores, depth, blend) => {
          const scored = listed.map(({ id, first }) => ({ id, ...(hasScores && first !== null && { score: first }) }));
          const candidates = scored.map(({ id, score }) => ({
            id,
            content: id,
            ...(score !== undefined && { score: { value: score, kind: 'retrieval', by: 'first' } as const }),
          }));
          const values = new Map(listed.map(({ id, score }) => [id, score]));
          const model: Scorer = {
            name: 'model',
            kind: 'logit',
            pointwise: true,
            score: async (_query, all) => ({ value: { scores: all.map(({ id }) => values.get(id) ?? undefined) } }),
          };
          const applied = applySetting(
            scored,
            listed.map(({ score }) => score),
            { system: 'model', depth, blend },
          );
          const scorer =
            blend === 0
              ? model
              : blendOf(
                  [
                    { scorer: model, weight: Number((1 - blend).toFixed(6)) },
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

  it('keeps hits that could not be scored below, and has nothing to blend where the first stage has no scores', () => {
    const setting = { system: 'm', depth: 3, blend: 0 };
    expect(applySetting([{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }], [1, null, 2], setting)).toEqual([
      'c',
      'a',
      'b',
      'd',
    ]);
    expect(applySetting([{ id: 'a' }, { id: 'b' }, { id: 'c' }], [0, 0, 1], { ...setting, blend: 0.9 })).toEqual([
      'c',
      'a',
      'b',
    ]);
    expect(settingName({ ...setting, blend: 0.2 })).toBe('m, depth 3, 0.2 first stage');
  });
});
