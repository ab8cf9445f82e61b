import type { Pair } from '../tokenize/pair-tokenizer.ts';

/** Pairs, or texts, that go through the model together. Plain arrays, so that they can be sent to a worker. */
export interface Batch {
  /** Tokens of each. */
  readonly lengths: Int32Array;
  /** Token ids of all, one after another, unpadded. */
  readonly ids: Int32Array;
  readonly types: Uint8Array;
}

/** What a batch came to, row-major: for each pair one row of logits, or for each text the rows of its vectors. */
export interface Output {
  readonly data: Float32Array;
  /** Numbers in a row: labels, or the length of a vector. */
  readonly cols: number;
  /** Rows of each pair or text. Absent: one for each. */
  readonly rows?: Int32Array;
}

export function packBatch(pairs: readonly Pair[]): Batch {
  const [only] = pairs;
  if (only && pairs.length === 1) return { lengths: Int32Array.of(only.ids.length), ids: only.ids, types: only.types };
  const lengths = Int32Array.from(pairs, ({ ids }) => ids.length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const batch: Batch = { lengths, ids: new Int32Array(total), types: new Uint8Array(total) };
  let at = 0;
  for (const { ids, types } of pairs) {
    batch.ids.set(ids, at);
    batch.types.set(types, at);
    at += ids.length;
  }
  return batch;
}
