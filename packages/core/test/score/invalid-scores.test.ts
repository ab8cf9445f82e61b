// Whoever stands over a scorer refuses what is no score, instead of making something of it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blend, calibrated, passages, probabilityOf, type Calibration, type Scorer, withCache } from '@secondpass/core';

const curves: Calibration[] = [
  { method: 'platt', slope: 1, intercept: 0 },
  { method: 'temperature', temperature: 2 },
  {
    method: 'isotonic',
    blocks: [
      { x: -3, y: 0.01 },
      { x: 3, y: 0.99 },
    ],
  },
];
const wrappers: readonly (readonly [string, (scorer: Scorer) => Scorer])[] = [
  ...curves.map((curve) => [`calibrated by ${curve.method}`, (s: Scorer) => calibrated(s, curve)] as const),
  ['passages', (scorer) => passages(scorer)],
  ['passages by their mean', (scorer) => passages(scorer, { combine: { mean: 2 } })],
  ['withCache', (scorer) => withCache(scorer)],
  ['blend', (scorer) => blend([{ scorer, weight: 1 }])],
];
const answering = (scores: readonly unknown[]): Scorer => ({
  name: 'odd',
  kind: 'logit',
  pointwise: true,
  score: async () => ({ value: { scores: scores as number[] } }),
});
const listOf = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `d${i}`, content: `text ${i}` }));

test.each(wrappers)('%s: what is no score is `invalid-score`, and names scorer and candidate', async (_name, wrap) => {
  const number = fc.integer({ min: -5, max: 5 });
  const broken = fc.constantFrom<unknown>(Number.NaN, Infinity, -Infinity, null, '1');
  await fc.assert(
    fc.asyncProperty(
      fc.array(number, { maxLength: 4 }),
      broken,
      fc.array(number, { maxLength: 4 }),
      async (a, x, b) => {
        const scores = [...a, x, ...b];
        await expect(wrap(answering(scores)).score('q', listOf(scores.length))).rejects.toMatchObject({
          code: 'invalid-score',
          message: expect.stringMatching(new RegExp(`^odd scored candidate ${a.length} as`)) as string,
        });
      },
    ),
    { numRuns: 30 },
  );
});

test.each(wrappers)('%s: too few scores, or too many, are none', async (_name, wrap) => {
  for (const count of [0, 1, 3]) {
    const scores = Array.from({ length: count }, () => 1);
    await expect(wrap(answering(scores)).score('q', listOf(2))).rejects.toMatchObject({
      code: 'invalid-score',
      message: `odd gave ${count} score(s) for 2 candidate(s).`,
    });
  }
});

test.each(wrappers)('%s: undefined, and a hole, are "could not say"', async (_name, wrap) => {
  // oxlint-disable-next-line no-sparse-arrays
  const { value } = await wrap(answering([undefined, 1, , 2])).score('q', listOf(4));
  expect(Array.from(value.scores, (score) => score === undefined)).toEqual([true, false, true, false]);
});

test('passages: a passage without a real score names its document', async () => {
  const long = { id: 'long', content: 'One two three. Four five six.' };
  const split = passages(answering([1, 0.3, Number.NaN]), { size: 3, overlap: 0 });
  await expect(split.score('q', [{ id: 'short', content: 'one' }, long])).rejects.toThrow(
    'odd scored candidate 1 as NaN',
  );
});

test.each(curves)('no calibration makes a probability of NaN: $method', (curve) => {
  expect(probabilityOf(curve, Number.NaN)).toBeNaN();
});
