import type { Batch, Logits } from './batch.ts';

/** Several batches as one, in order. */
export function mergeBatches(batches: readonly Batch[]): Batch {
  if (batches.length === 1) return batches[0]!;
  const total = batches.reduce((sum, { ids }) => sum + ids.length, 0);
  const merged: Batch = {
    lengths: Int32Array.from(batches.flatMap(({ lengths }) => [...lengths])),
    ids: new Int32Array(total),
    types: new Uint8Array(total),
  };
  let at = 0;
  for (const { ids, types } of batches) {
    merged.ids.set(ids, at);
    merged.types.set(types, at);
    at += ids.length;
  }
  return merged;
}

/** What a merged batch came to, given back to the batches that it was made of. */
export function splitLogits({ data, labels }: Logits, batches: readonly Batch[]): Logits[] {
  let row = 0;
  return batches.map(({ lengths }) => {
    const from = row * labels;
    row += lengths.length;
    return { data: data.subarray(from, row * labels), labels };
  });
}
