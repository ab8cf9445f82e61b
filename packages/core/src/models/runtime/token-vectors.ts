import type { Output } from './batch.ts';

/** How the vectors of a text's tokens become one: their mean, or that of the first token ([CLS]). */
export type Pooling = 'mean' | 'cls';

export const poolings: readonly Pooling[] = ['mean', 'cls'];

/**
 * Hidden states of a padded batch as unit vectors: for each text its own vector, then those of its tokens, special ones
 * among them. Padding is left out.
 *
 * @param states `[texts, width, dim]`, row-major
 * @param lengths tokens of each text, at most `width`
 */
export function tokenVectors(
  states: Float32Array,
  [width, dim]: readonly [width: number, dim: number],
  lengths: Int32Array,
  pooling: Pooling,
): Output {
  const rows = lengths.map((length) => length + 1);
  const data = new Float32Array(rows.reduce((sum, count) => sum + count, 0) * dim);
  let to = 0;
  for (const [text, length] of lengths.entries()) {
    const from = text * width * dim;
    const own = to;
    for (let at = 0; at < (pooling === 'cls' ? 1 : length) * dim; at += dim) {
      for (let i = 0; i < dim; i++) data[own + i]! += states[from + at + i]!;
    }
    data.set(states.subarray(from, from + length * dim), own + dim);
    to += (length + 1) * dim;
    for (let at = own; at < to; at += dim) toUnitLength(data, at, dim);
  }
  return { data, rows, cols: dim };
}

/** A vector of zeros has no direction and stays what it is. */
function toUnitLength(data: Float32Array, from: number, dim: number): void {
  let sum = 0;
  for (let at = from; at < from + dim; at++) sum += data[at]! * data[at]!;
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  for (let at = from; at < from + dim; at++) data[at]! *= scale;
}
