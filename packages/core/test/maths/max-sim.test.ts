import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBytes, toFloats } from '../../src/maths/byte-matrix.ts';
import { cosine } from '../../src/maths/cosine.ts';
import { bestCosines, maxSim } from '../../src/maths/max-sim.ts';
import type { Matrix } from '../../src/types.ts';

/** Rows of a few small numbers, zero rows among them. */
const matrix = (cols: number, minRows: number): fc.Arbitrary<Matrix> =>
  fc
    .array(fc.array(fc.integer({ min: -8, max: 8 }), { minLength: cols, maxLength: cols }), {
      minLength: minRows,
      maxLength: 11,
    }) // prettier-ignore
    .map((rows) => ({ data: Float32Array.from(rows.flat()), rows: rows.length, cols }));
const cols = fc.integer({ min: 1, max: 9 });
const pair = cols.chain((width) => fc.tuple(matrix(width, 1), matrix(width, 1)));

const rowOf = ({ data, cols }: Matrix, row: number): Float32Array => data.subarray(row * cols, (row + 1) * cols);
const rowsOf = (matrix: Matrix): Float32Array[] => Array.from({ length: matrix.rows }, (_, row) => rowOf(matrix, row));

/** Slow and obvious. */
function oracle(query: Matrix, document: Matrix, weights: readonly number[] = rowsOf(query).map(() => 1)): number {
  const best = rowsOf(query).map((asked) => Math.max(...rowsOf(document).map((row) => cosine(asked, row))));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return best.reduce((sum, value, row) => sum + value * weights[row]!, 0) / total;
}

describe('maxSim', () => {
  it('is the mean over the query of the highest cosine in the document', () => {
    fc.assert(
      fc.property(pair, ([query, document]) => {
        expect(maxSim(query)(document)).toBeCloseTo(oracle(query, document), 9);
      }),
    );
  });

  it('weighs the rows of the query', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 11, maxLength: 11 });
    fc.assert(
      fc.property(pair, weights, ([query, document], all) => {
        const own = all.slice(0, query.rows);
        expect(maxSim(query, own)(document)).toBeCloseTo(oracle(query, document, own), 9);
      }),
    );
  });

  it('stays in [-1, 1]: rounding takes no cosine beyond', () => {
    fc.assert(
      fc.property(pair, ([query]) => {
        const opposite = { ...query, data: query.data.map((value) => -value) };
        for (const document of [query, opposite]) {
          const value = maxSim(query)(document);
          expect(value >= -1 && value <= 1).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('has nothing left of one document when it reads the next', () => {
    fc.assert(
      fc.property(pair, pair, ([query, first], [, other]) => {
        const similarity = maxSim(query);
        const before = similarity(first);
        if (other.cols === first.cols) similarity(other);
        expect(similarity(first)).toBe(before);
      }),
    );
  });

  it('gives the best cosine of each row, and 0 for a document without rows', () => {
    const query = { data: Float32Array.of(1, 0, 0, 2, -1, -1), rows: 3, cols: 2 };
    const document = { data: Float32Array.of(3, 0, 1, 1), rows: 2, cols: 2 };
    const best = [...bestCosines(query)(document)];
    for (const [row, value] of [1, Math.SQRT1_2, -Math.SQRT1_2].entries()) expect(best[row]).toBeCloseTo(value, 12);
    expect(maxSim(query)({ data: new Float32Array(0), rows: 0, cols: 2 })).toBe(0);
  });
});

describe('directions in a byte per number', () => {
  it('keep each number within half a step of the largest in its row', () => {
    fc.assert(
      fc.property(
        cols.chain((width) => matrix(width, 1)),
        (floats) => {
          const bytes = toBytes(floats);
          for (const [row, numbers] of rowsOf(floats).entries()) {
            const largest = Math.max(...numbers.map(Math.abs));
            const kept = bytes.data.subarray(row * floats.cols, (row + 1) * floats.cols);
            for (const [at, number] of numbers.entries()) {
              expect(Math.abs((kept[at]! / 127) * largest - number)).toBeLessThanOrEqual(largest / 254 + 1e-6);
            }
          }
        },
      ),
    );
  });

  it.each([Number.NaN, Infinity, -Infinity])('are none of %s, which no byte can say', (value) => {
    const matrix = { data: Float32Array.of(1, 2, 3, value), rows: 2, cols: 2 };
    expect(maxSim(matrix)(matrix)).toBeNaN();
    expect(() => toBytes(matrix)).toThrow(expect.objectContaining({ code: 'invalid-score' }));
  });

  it('score as their numbers do, and become unit vectors again', () => {
    fc.assert(
      fc.property(pair, ([query, document]) => {
        const bytes = toBytes(document);
        const floats = toFloats(bytes);
        expect(maxSim(query)(bytes)).toBeCloseTo(maxSim(query)(floats), 6);
        for (const row of rowsOf(floats)) {
          expect(Math.hypot(...row)).toBeCloseTo(row.some((value) => value !== 0) ? 1 : 0, 6);
        }
      }),
    );
  });
});
