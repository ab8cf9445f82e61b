import fc from 'fast-check';
import { parseTrecRun } from '@secondpass/core/evaluate';
import { describe, expect, it } from 'vitest';
import { type Placed, runLines, stepBelow } from '../../src/rerank/run-lines.ts';

/** Lists as they come from reranking: scores fall or tie, then what has none. */
const list = fc
  .tuple(
    fc.uniqueArray(fc.stringMatching(/^[\w\u{10000}\uffee-]{1,6}$/u), { minLength: 1, maxLength: 40 }),
    fc.array(
      fc.oneof(
        fc.float({ noNaN: true, noDefaultInfinity: true, min: -60, max: 60 }),
        fc.constantFrom(0, -0, 1, 1e-45, -1e-45),
        fc.double({ min: 0.9999999, max: 1, noNaN: true }),
      ),
      { maxLength: 40 },
    ),
  )
  .map(([ids, scores]) => {
    const falling = scores.toSorted((a, b) => b - a);
    return ids.map((id, index): Placed => ({ id, ...(falling[index] !== undefined && { score: falling[index] }) }));
  });

describe('runLines', () => {
  it('is read back in the order written by the rules of trec_eval, every document once, ranks 1 to n', () => {
    fc.assert(
      fc.property(list, (placed) => {
        const text = runLines('q', placed, 'tag');
        const hits = parseTrecRun(text).lists.get('q')!;
        expect(hits.map(({ id }) => id)).toEqual(placed.map(({ id }) => id));
        expect(
          text
            .trimEnd()
            .split('\n')
            .map((line) => Number(line.split(' ')[3])),
        ).toEqual(placed.map((_, index) => index + 1));
      }),
    );
  });

  it('writes scores without loss where they fall, and moves none by more than the steps that ties need', () => {
    fc.assert(
      fc.property(list, (placed) => {
        const hits = parseTrecRun(runLines('q', placed, 'tag')).lists.get('q')!;
        // A score is written as it is unless it ties, as a 32-bit float, with the one before, or a tie before pushed
        // it.
        let pushed = false;
        for (const [index, { score }] of placed.entries()) {
          if (score === undefined) continue;
          const before = placed[index - 1]?.score ?? Infinity;
          const falls = Math.fround(before) > Math.fround(score);
          pushed = index > 0 && (!falls || pushed);
          expect(pushed || hits[index]!.score === score, `score ${index}`).toBe(true);
          expect(Math.abs(hits[index]!.score! - score)).toBeLessThanOrEqual(placed.length * 8e-6);
        }
      }),
    );
  });

  it('puts what has no score at least 1 below the lowest score, at falling whole numbers', () => {
    const text = runLines('q', [{ id: 'a', score: 2.5 }, { id: 'b', score: -0.25 }, { id: 'c' }, { id: 'd' }], 't');
    expect(text).toBe('q Q0 a 1 2.5 t\nq Q0 b 2 -0.25 t\nq Q0 c 3 -2 t\nq Q0 d 4 -3 t\n');
    expect(runLines('q', [{ id: 'a' }, { id: 'b' }], 't')).toBe('q Q0 a 1 -1 t\nq Q0 b 2 -2 t\n');
  });

  it('divides columns by tabs where an id holds blanks', () => {
    const text = runLines('q 1', [{ id: 'a b', score: 1 }], 't');
    expect(parseTrecRun(text).lists.get('q 1')).toEqual([{ id: 'a b', score: 1 }]);
  });

  it.each([1, -1, 0, 1e-45, -1e-45, 0.1, 3.4e38, -1.5, 16777216])(
    'steps below %d to the next 32-bit float',
    (value) => {
      const below = stepBelow(value);
      expect(below).toBeLessThan(value);
      expect(Math.fround(below)).toBe(below);
      // Nothing lies between: the midpoint rounds to one of the two.
      expect([below, Math.fround(value)]).toContain(Math.fround((below + Math.fround(value)) / 2));
    },
  );
});
