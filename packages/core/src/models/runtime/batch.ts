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
  return { lengths: Int32Array.from(pairs, ({ ids }) => ids.length), ...joinTokens(pairs) };
}

/** The tokens of all, one after another. */
export function joinTokens(parts: readonly Pick<Batch, 'ids' | 'types'>[]): Pick<Batch, 'ids' | 'types'> {
  const total = parts.reduce((sum, { ids }) => sum + ids.length, 0);
  const joined = { ids: new Int32Array(total), types: new Uint8Array(total) };
  let at = 0;
  for (const { ids, types } of parts) {
    joined.ids.set(ids, at);
    joined.types.set(types, at);
    at += ids.length;
  }
  return joined;
}
