import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sigmoid } from '../../src/maths/sigmoid.ts';
import { softmax } from '../../src/maths/softmax.ts';
import { relevanceLogit } from '../../src/models/relevance.ts';

const row = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 2, maxLength: 5 });

it('one label is its own logit, two are their difference', () => {
  expect(relevanceLogit([2.5], 0)).toBe(2.5);
  expect(relevanceLogit([1, 4], 1)).toBe(3);
  expect(relevanceLogit([1, 4], 0)).toBe(-3);
});

it('becomes the softmax probability of the label under the logistic function', () => {
  fc.assert(
    fc.property(row, (values) => {
      for (const label of values.keys()) {
        expect(sigmoid(relevanceLogit(values, label))).toBeCloseTo(softmax(values)[label]!, 10);
      }
    }),
  );
});
