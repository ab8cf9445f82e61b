import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestFirst } from '../../../src/models/tokenize/longest-first.ts';

/** One token at a time from the longer text; of two equally long ones, from the one that was shorter to begin with. */
function oracle(first: number, second: number, room: number): { first: number; second: number } {
  let [a, b] = [first, second];
  while (a + b > room) {
    if (a > b || (a === b && first <= second)) a--;
    else b--;
  }
  return { first: a, second: b };
}

const length = fc.integer({ min: 0, max: 300 });

describe('longestFirst', () => {
  it('is the slow rule: a token at a time from the longer text', () => {
    fc.assert(
      fc.property(length, length, fc.integer({ min: 2, max: 200 }), (first, second, room) => {
        expect(longestFirst(first, second, room)).toEqual(oracle(first, second, room));
      }),
      { numRuns: 500 },
    );
  });

  it('gives the odd token to the second of two equally long texts', () => {
    expect(longestFirst(300, 300, 11)).toEqual({ first: 5, second: 6 });
  });

  it('leaves half of the room to a document behind an endless query', () => {
    expect(longestFirst(100_000, 400, 509)).toEqual({ first: 255, second: 254 });
    expect(longestFirst(100_000, 10, 509)).toEqual({ first: 499, second: 10 });
  });
});
