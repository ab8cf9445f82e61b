import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cosine } from '../../src/maths/cosine.ts';
import { sigmoid } from '../../src/maths/sigmoid.ts';

test('a cosine stays in [-1, 1], and is one of directions however long the vectors are', () => {
  const vector = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(vector, (a) => {
      expect(cosine(a, a)).toBeLessThanOrEqual(1);
      expect(
        cosine(
          a,
          a.map((value) => -value),
        ),
      ).toBeGreaterThanOrEqual(-1);
    }),
    { numRuns: 1000 },
  );
  expect(cosine([1e100, 0], [1e100, 0])).toBe(1);
  expect(cosine([0, 0], [1, 0])).toBe(0);
});

test('a probability is told from 0 as long as numbers can', () => {
  expect([sigmoid(-720) > 0, sigmoid(-800), sigmoid(800)]).toEqual([true, 0, 1]);
});
