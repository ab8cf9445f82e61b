import { describe, expect, it } from 'vitest';
import {
  borda,
  combMnz,
  combSum,
  reciprocalRank,
  weightedScores,
  type Normalised,
  type NormaliserName,
} from '@secondpass/core';
import { ids, pool, scoresById } from './pools.ts';

const names: readonly NormaliserName[] = ['min-max', 'z-score', 'l2', 'rank', 'none'];

describe('reciprocal rank fusion, against the formula of Cormack, Clarke and Büttcher', () => {
  // d1: 1/61 + 1/63; d2: 1/62 + 1/61; d3: 1/63; d4: 1/62. Fractions worked out by hand.
  it('gives the published numbers for k = 60', () => {
    const pools = [pool('one', ['d1', 'd2', 'd3']), pool('two', ['d2', 'd4', 'd1'])];
    expect(ids(reciprocalRank(), pools)).toEqual(['d2', 'd1', 'd4', 'd3']);
    const scores = scoresById(reciprocalRank(), pools);
    expect(scores.get('d2')).toBeCloseTo(123 / 3782, 15);
    expect(scores.get('d1')).toBeCloseTo(124 / 3843, 15);
    expect(scores.get('d4')).toBeCloseTo(1 / 62, 15);
    expect(scores.get('d3')).toBeCloseTo(1 / 63, 15);
  });

  it('takes k = 0 at its word', () => {
    const scores = scoresById(reciprocalRank({ k: 0 }), [pool('one', ['a', 'b'])]);
    expect([...scores.values()]).toEqual([1, 0.5]);
  });

  it('lets a weight of two count like the same pool twice', () => {
    const once = [pool('one', ['a', 'b', 'c'], { weight: 2 }), pool('two', ['c', 'b'])];
    const twice = [pool('one', ['a', 'b', 'c']), pool('again', ['a', 'b', 'c']), pool('two', ['c', 'b'])];
    expect(ids(reciprocalRank(), once)).toEqual(ids(reciprocalRank(), twice));
  });
});

describe('where formulas have no answer', () => {
  it.each(names)('%s: a single candidate still counts as found', (normalise) => {
    const scores = scoresById(combSum({ normalise }), [
      pool('one', [['a', 3]]),
      pool('two', [
        ['b', 9],
        ['c', 4],
      ]),
    ]);
    expect([...scores.values()].every(Number.isFinite)).toBe(true);
    // Found alone in its pool, `a` does not fall below the last of a longer pool.
    expect(scores.get('a')!).toBeGreaterThanOrEqual(normalise === 'none' ? 3 : scores.get('c')!);
  });

  it.each(names.filter((name) => name !== 'rank'))(
    '%s: equal scores stay equal, and above what the pool does not hold',
    (normalise) => {
      const all = [
        ['a', 7],
        ['b', 7],
        ['c', 7],
      ] as const;
      const scores = scoresById(combSum({ normalise }), [pool('one', all), pool('two', [['x', 0]], { weight: 0 })]);
      expect(new Set(['a', 'b', 'c'].map((id) => scores.get(id))).size).toBe(1);
      expect(scores.get('c')!).toBeGreaterThan(scores.get('x')!);
    },
  );

  it('min-max gives 1 to a single candidate and to equal ones', () => {
    expect([...scoresById(combSum(), [pool('one', [['a', -3]])]).values()]).toEqual([1]);
    expect([
      ...scoresById(combSum(), [
        pool('one', [
          ['a', 2],
          ['b', 2],
        ]),
      ]).values(),
    ]).toEqual([1, 1]);
  });

  it('z-score: no variance is 0, and absence is one deviation below', () => {
    const pools = [
      pool('one', [
        ['a', 0.1 + 0.2],
        ['b', 0.3],
        ['c', 0.3],
      ]),
      pool('two', [['x', 0]], { weight: 0 }),
    ];
    const scores = scoresById(combSum({ normalise: 'z-score' }), pools);
    expect(scores.get('a')).toBe(0);
    expect(scores.get('x')).toBe(-1);
  });

  it.each(names.filter((name) => name !== 'none'))('%s: huge and tiny scores stay finite', (normalise) => {
    const pools = [
      pool('one', [
        ['a', Number.MAX_VALUE],
        ['b', 5e-324],
        ['c', -Number.MAX_VALUE],
      ]),
    ];
    const scores = [...scoresById(combSum({ normalise }), pools).values()];
    expect(scores.every(Number.isFinite)).toBe(true);
    expect(ids(combSum({ normalise }), pools)).toEqual(['a', 'b', 'c']);
    expect(scores[0]).toBeGreaterThan(scores[1]!);
    expect(scores[1]).toBeGreaterThan(scores[2]!);
  });
});

const halve = (scores: readonly number[]): Normalised => ({ values: scores.map((s) => s / 2), lowest: 0 });

describe('what is refused or noted', () => {
  const nan = [pool('one', [['a', Number.NaN]])];

  it('refuses a score that is no number, in every fusion', () => {
    for (const fusion of [reciprocalRank(), combSum(), borda()]) {
      expect(() => fusion.fuse(nan)).toThrow(expect.objectContaining({ code: 'invalid-score' }));
    }
  });

  it('refuses a mix of scales in one pool', () => {
    const from = pool('one', [['a', 2]]);
    const other = { id: 'b', content: 'b', score: { value: 1, kind: 'logit', by: 'model' } } as const;
    const mixed = [{ ...from, candidates: [...from.candidates, other] }];
    expect(() => combSum().fuse(mixed)).toThrow(/mixes scores of one \(retrieval\) and model \(logit\)/);
    expect(ids(reciprocalRank(), mixed)).toEqual(['a', 'b']);
    for (const change of [{ by: 'model' }, { kind: 'logit' }] as const) {
      const one = { ...from.candidates[0]!, id: 'c', score: { ...from.candidates[0]!.score!, value: 1, ...change } };
      expect(() => combSum().fuse([{ ...from, candidates: [...from.candidates, one] }])).toThrow('mixes scores');
    }
  });

  it('notes scores that rise down the list', () => {
    expect(
      combSum().fuse([
        pool('distances', [
          ['a', 0.1],
          ['b', 0.4],
        ]),
      ]).notes,
    ).toMatchObject([{ code: 'rising-scores' }]);
    expect(
      combSum().fuse([
        pool('similarities', [
          ['a', 0.4],
          ['b', 0.4],
        ]),
      ]).notes,
    ).toEqual([]);
  });

  it('refuses CombMNZ of a negative sum', () => {
    expect(() =>
      combMnz({ normalise: 'z-score' }).fuse([
        pool('one', [
          ['a', 2],
          ['b', 1],
        ]),
      ]),
    ).toThrow(/punish|min-max/);
  });

  it.each([
    ['an unknown option', () => combSum({ normalize: 'l2' } as never)],
    ['an unknown normaliser', () => combSum({ normalise: 'toString' as never })],
    ['an unknown policy', () => combSum({ missing: 'one' as never })],
    ['a negative k', () => reciprocalRank({ k: -1 })],
    ['a k that is not a number', () => reciprocalRank({ k: Number.NaN })],
    ['a negative weight', () => reciprocalRank().fuse([pool('one', [], { weight: -1 })])],
    ['two pools of one name', () => reciprocalRank().fuse([pool('one', []), pool('one', [])])],
    ['a list that is no list of pools', () => reciprocalRank().fuse([['a', 'b']] as never)],
    ['an unknown call option', () => reciprocalRank().fuse([], { topN: 3 } as never)],
    ['an unknown missing of borda', () => borda({ missing: 'lowest' as never })],
  ])('refuses %s', (_what, call) => {
    expect(call).toThrow(expect.objectContaining({ name: 'SecondpassError', code: 'invalid-argument' }));
  });

  it.each([
    ['weights', weightedScores(), [1, 1], 1e308],
    ['weights', borda(), [1, 1], 1e308],
    ['scores', combSum({ normalise: 'none' }), [1e308, 1e308], 1],
  ] as const)('refuses %s that sum up to no number', (_what, fusion, [one, two], weight) => {
    const pools = [pool('one', [['a', one]], { weight }), pool('two', [['a', two]], { weight })];
    expect(() => fusion.fuse(pools)).toThrow(expect.objectContaining({ code: 'invalid-score' }));
  });

  it('takes a normaliser of the caller, and checks what it gives', () => {
    const fusion = combSum({ normalise: halve });
    expect(fusion.name).toBe('comb-sum(halve)');
    expect(scoresById(fusion, [pool('one', [['a', 8]])]).get('a')).toBe(4);
    const broken = combSum({ normalise: () => ({ values: [Number.NaN], lowest: 0 }) });
    expect(() => broken.fuse([pool('one', [['a', 8]])])).toThrow(expect.objectContaining({ code: 'invalid-score' }));
    const bottomless = combSum({ normalise: () => ({ values: [1], lowest: -Infinity }) });
    expect(() => bottomless.fuse([pool('one', [['a', 8]])])).toThrow(
      expect.objectContaining({ code: 'invalid-score' }),
    );
  });
});
