import { describe, expect, it } from 'vitest';
import { borda, combMnz, combSum, weightedScores } from '@secondpass/core';
import { pool, scoresById } from './pools.ts';

describe('missing is not zero', () => {
  // Both pools are z-scored to [1, 0, -1] times a constant; `c` is last in one and unknown to the other.
  const pools = [
    pool('one', [
      ['a', 3],
      ['b', 2],
      ['c', 1],
    ]),
    pool('two', [
      ['a', 3],
      ['b', 2],
      ['d', 1],
    ]),
  ];

  it('puts absence at the lowest by default, so that it never beats being found', () => {
    const scores = scoresById(combSum({ normalise: 'z-score' }), pools);
    expect(scores.get('c')!).toBeCloseTo(-2 * Math.sqrt(1.5), 12);
  });

  it('is 0 when asked, ignored when asked', () => {
    expect(scoresById(combSum({ normalise: 'z-score', missing: 'zero' }), pools).get('c')!).toBeCloseTo(
      -Math.sqrt(1.5),
      12,
    );
    expect(scoresById(weightedScores({ missing: 'ignore' }), pools).get('c')).toBe(0);
    const half = [
      pool('one', [
        ['a', 3],
        ['b', 1],
      ]),
      pool('two', [
        ['z', 2],
        ['a', 1],
      ]),
    ];
    expect(scoresById(weightedScores({ missing: 'ignore' }), half).get('z')).toBe(1);
    expect(scoresById(weightedScores(), half).get('z')).toBe(0.5);
  });

  it('shares the points that are left in a Borda count, as published', () => {
    // Five candidates. `one` gives 5, 4, 3 and 1.5 each to the other two; `two` gives 5, 4 and 2 each to the other three.
    const scores = scoresById(borda(), [pool('one', ['a', 'b', 'c']), pool('two', ['d', 'e'])]);
    expect(Object.fromEntries(scores)).toEqual({ a: 7, b: 6, c: 5, d: 6.5, e: 5.5 });
  });

  it('takes a pool without scores by its ranks, with a note', () => {
    const mixed = [
      pool('bm25', [
        ['a', 12],
        ['b', 6],
        ['c', 0],
      ]),
      pool('bare', ['c', 'a']),
    ];
    const { candidates, notes } = combSum().fuse(mixed);
    expect(notes).toMatchObject([{ code: 'unscored', by: 'comb-sum(min-max)' }]);
    expect(candidates.map(({ id, score }) => [id, score!.value])).toEqual([
      ['a', 1],
      ['c', 1],
      ['b', 0.5],
    ]);
    expect(() => combSum({ normalise: 'none' }).fuse(mixed)).toThrow(/pool "bare" has none/);
  });

  it('CombMNZ does not count a pool that holds a candidate without a score, or weighs nothing', () => {
    const one = pool('one', [['x', 1], ['y', 0.8], ['w', 0]]); // prettier-ignore
    const other = pool('other', [['z', 1]]);
    const scoresOf = (pools: Parameters<ReturnType<typeof combMnz>['fuse']>[0]) =>
      combMnz()
        .fuse(pools)
        .candidates.flatMap(({ id, score }) => (id === 'z' ? [] : [[id, score?.value]]));
    const alone = scoresOf([one]);
    const unscored = { ...other, candidates: [...other.candidates, { id: 'y', content: 'y' }] };
    expect(scoresOf([one, unscored])).toEqual(alone);
    expect(scoresOf([one, { ...pool('other', [['y', 1]]), weight: 0 }])).toEqual(alone);
  });

  it('takes a candidate without a score as not held, notes it, and puts it below where nobody scored it', () => {
    const from = pool('bm25', [
      ['a', 2],
      ['b', 1],
    ]);
    const pools = [{ ...from, candidates: [{ id: 'x', content: 'x' }, ...from.candidates] }];
    const { candidates, notes } = combSum().fuse(pools);
    expect(candidates.map(({ id, score }) => [id, score?.value])).toEqual([
      ['a', 1],
      ['b', 0],
      ['x', undefined],
    ]);
    expect(candidates[2]).not.toHaveProperty('score');
    expect(notes).toMatchObject([{ code: 'unscored', ids: ['x'] }]);
  });
});
