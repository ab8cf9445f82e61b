import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packBatch } from '../../../src/models/runtime/batch.ts';
import { feeder } from '../../../src/models/runtime/feeder.ts';
import { mergeBatches, splitOutput } from '../../../src/models/runtime/merge-batches.ts';
import type { Pair } from '../../../src/models/tokenize/pair-tokenizer.ts';

const pair = fc.array(fc.tuple(fc.nat(40_000), fc.nat(1)), { minLength: 1, maxLength: 12 }).map((tokens): Pair => ({
  ids: Int32Array.from(tokens, ([id]) => id),
  types: Uint8Array.from(tokens, ([, type]) => type),
}));
const pairs = fc.array(pair, { minLength: 1, maxLength: 6 });
const padId = 7;

/** What the reference feeds, said slowly: rows as arrays, padded at the end. */
function oracle(rows: readonly Pair[], usesTypes: boolean): Record<string, number[]> {
  const width = Math.max(...rows.map(({ ids }) => ids.length));
  const padded = (row: ArrayLike<number>, pad: number): number[] =>
    Array.from({ length: width }, (_, i) => row[i] ?? pad);
  return {
    input_ids: rows.flatMap(({ ids }) => padded(ids, padId)),
    attention_mask: rows.flatMap(({ ids }) =>
      padded(
        ids.map(() => 1),
        0,
      ),
    ),
    token_type_ids: rows.flatMap(({ types }) => padded(usesTypes ? types : types.map(() => 0), 0)),
  };
}

it('feeds what is declared, padded, as int64 or int32, though its buffers are used again and again', () => {
  fc.assert(
    fc.property(fc.array(pairs, { minLength: 1, maxLength: 5 }), fc.boolean(), (batches, usesTypes) => {
      const inputs = new Map([
        ['input_ids', 'int64'],
        ['attention_mask', 'int32'],
        ['token_type_ids', 'int64'],
      ]);
      const feed = feeder({ inputs, padId, usesTypes });
      for (const rows of batches) {
        const fed = feed(packBatch(rows));
        expect(fed.map(({ name, type }) => [name, type])).toEqual([...inputs]);
        const width = Math.max(...rows.map(({ ids }) => ids.length));
        for (const { dims } of fed) expect(dims).toEqual([rows.length, width]);
        expect(Object.fromEntries(fed.map(({ name, data }) => [name, Array.from(data, Number)]))).toEqual(
          oracle(rows, usesTypes),
        );
      }
    }),
  );
});

it('counts positions from where the family begins, in every row', () => {
  const two = [1, 3].map((count): Pair => ({ ids: new Int32Array(count), types: new Uint8Array(count) }));
  const positions = (firstPosition?: number): number[] => {
    const inputs = new Map([['position_ids', 'int64']]);
    return Array.from(feeder({ inputs, padId, usesTypes: true, firstPosition })(packBatch(two))[0]!.data, Number);
  };
  expect(positions()).toEqual([0, 0, 0, 0, 1, 2]);
  expect(positions(2)).toEqual([2, 0, 0, 2, 3, 4]);
});

it('feeds nothing that the graph does not declare', () => {
  const feed = feeder({ inputs: new Map([['input_ids', 'int64']]), padId, usesTypes: true });
  expect(feed(packBatch([{ ids: Int32Array.of(1, 2), types: new Uint8Array(2) }])).map(({ name }) => name)).toEqual([
    'input_ids',
  ]);
});

it('merged batches are the batch of all their pairs, and each gets its own rows back', () => {
  fc.assert(
    fc.property(fc.array(pairs, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 3 }), (parts, labels) => {
      const batches = parts.map(packBatch);
      expect(mergeBatches(batches)).toEqual(packBatch(parts.flat()));
      const data = Float32Array.from({ length: parts.flat().length * labels }, (_, index) => index);
      const split = splitOutput({ data, cols: labels }, batches);
      expect(split.map((logits) => logits.data.length / labels)).toEqual(parts.map(({ length }) => length));
      expect(split.flatMap((logits) => [...logits.data])).toEqual([...data]);
    }),
  );
});
