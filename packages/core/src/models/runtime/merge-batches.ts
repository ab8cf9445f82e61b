import { joinTokens, type Batch, type Output } from './batch.ts';

/** Several batches as one, in order. */
export function mergeBatches(batches: readonly Batch[]): Batch {
  if (batches.length === 1) return batches[0]!;
  return { lengths: Int32Array.from(batches.flatMap(({ lengths }) => [...lengths])), ...joinTokens(batches) };
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
