import type { Batch, Output } from './batch.ts';

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
export function splitOutput({ data, cols, rows }: Output, batches: readonly Batch[]): Output[] {
  let [row, text] = [0, 0];
  return batches.map(({ lengths }) => {
    const own = rows?.subarray(text, text + lengths.length);
    const from = row * cols;
    text += lengths.length;
    row += own ? own.reduce((sum, count) => sum + count, 0) : lengths.length;
    return { data: data.subarray(from, row * cols), cols, ...(own && { rows: own }) };
  });
}
