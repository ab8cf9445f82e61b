import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergeBatches, splitOutput } from '../../../src/models/runtime/merge-batches.ts';
import { packBatch } from '../../../src/models/runtime/batch.ts';
import { tokenVectors } from '../../../src/models/runtime/token-vectors.ts';

const unit = (row: readonly number[]): number[] => {
  const length = Math.hypot(...row);
  return row.map((value) => (length === 0 ? 0 : value / length));
};

it('gives each text its own vector, then its tokens, all of unit length and without padding', () => {
  const dim = 3;
  const token = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: dim, maxLength: dim });
  const texts = fc.array(fc.array(token, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(texts, fc.constantFrom('mean', 'cls'), (batch, pooling) => {
      const width = Math.max(...batch.map((text) => text.length));
      // What stands in the padding must not count.
      const padded = batch.flatMap((text) => [
        ...text,
        ...Array.from({ length: width - text.length }, () => [99, -7, 5]),
      ]);
      const lengths = Int32Array.from(batch, (text) => text.length);
      const { data, cols, rows } = tokenVectors(Float32Array.from(padded.flat()), [width, dim], lengths, pooling);
      const wanted = batch.flatMap((text) => {
        const mean = Array.from({ length: dim }, (_, i) => text.reduce((sum, row) => sum + row[i]!, 0));
        return [unit(pooling === 'cls' ? text[0]! : mean), ...text.map(unit)];
      });
      expect(cols).toBe(dim);
      expect([...rows!]).toEqual(batch.map((text) => text.length + 1));
      expect(data.length).toBe(wanted.length * dim);
      for (const [at, value] of wanted.flat().entries()) expect(data[at]).toBeCloseTo(value, 6);
    }),
  );
});

it('comes apart again where several calls ran together', () => {
  const text = (length: number): { ids: Int32Array; types: Uint8Array } => ({ ids: new Int32Array(length), types: new Uint8Array(length) }); // prettier-ignore
  const batches = [packBatch([text(2), text(1)]), packBatch([text(3)])];
  const { lengths } = mergeBatches(batches);
  const output = tokenVectors(new Float32Array(3 * 3 * 2).fill(1), [3, 2], lengths, 'mean');
  const parts = splitOutput(output, batches);
  expect(parts.map(({ rows }) => [...rows!])).toEqual([[3, 2], [4]]);
  expect(parts.map(({ data }) => data.length)).toEqual([10, 8]);
});
