import type { Matrix } from '../types.ts';
import type { ByteMatrix } from './byte-matrix.ts';

/** Rows of a document that are compared at a time: what fits in registers beside a row of the query. */
const tile = 4;

/**
 * Returns a function from a document's token vectors, `[tokens, dim]`, to their MaxSim with the query's: the mean over
 * the query's tokens of the highest cosine with any token of the document, in [-1, 1] (Khattab and Zaharia, "ColBERT",
 * SIGIR 2020, section 3.3, as a mean instead of a sum). Only directions count. 0 for a document without rows.
 *
 * @param weights one for each token of the query, 0 or more and not all 0, for a weighted mean. Default: all the same
 */
export function maxSim(
  query: Matrix | ByteMatrix,
  weights?: ArrayLike<number>,
): (document: Matrix | ByteMatrix) => number {
  const best = bestCosines(query);
  return (document) => {
    const values = best(document);
    let [sum, total] = [0, 0];
    for (let row = 0; row < values.length; row++) {
      const weight = weights ? weights[row]! : 1;
      sum += weight * values[row]!;
      total += weight;
    }
    return sum / total;
  };
}

/**
 * Returns a function from a document's token vectors to the highest cosine that each row of the query has with any of
 * them. What it returns is overwritten by the next call.
 */
export function bestCosines(query: Matrix | ByteMatrix): (document: Matrix | ByteMatrix) => Float64Array {
  const { rows, cols } = query;
  const asked = new Float64Array(rows * cols);
  for (let at = 0; at < asked.length; at += cols) unitRow(query.data, at, cols, asked, at, 1);
  const best = new Float64Array(rows);
  // One tile of the document, number by number: d[i * tile + n] is number i of row n.
  const d = new Float64Array(cols * tile);
  return ({ data, rows: count }) => {
    best.fill(count === 0 ? 0 : -Infinity);
    for (let first = 0; first < count; first += tile) {
      // Beyond the end stands the last row again, which changes no maximum.
      for (let n = 0; n < tile; n++) unitRow(data, Math.min(first + n, count - 1) * cols, cols, d, n, tile);
      compareTile(asked, d, best, rows, cols);
    }
    // Rounding may take the product of two unit vectors beyond 1.
    for (let row = 0; row < rows; row++) best[row] = Math.max(-1, Math.min(1, best[row]!));
    return best;
  };
}

/** Two rows of the query with a whole tile at a time: eight sums that do not wait for each other. */
function compareTile(asked: Float64Array, d: Float64Array, best: Float64Array, rows: number, cols: number): void {
  for (let row = 0; row < rows; row += 2) {
    const a = row * cols;
    const b = (row + 1 < rows ? row + 1 : row) * cols;
    let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = 0, at = 0; i < cols; i++, at += tile) {
      const x = asked[a + i]!;
      const y = asked[b + i]!;
      const d0 = d[at]!;
      const d1 = d[at + 1]!;
      const d2 = d[at + 2]!;
      const d3 = d[at + 3]!;
      a0 += x * d0;
      a1 += x * d1;
      a2 += x * d2;
      a3 += x * d3;
      b0 += y * d0;
      b1 += y * d1;
      b2 += y * d2;
      b3 += y * d3;
    }
    best[row] = Math.max(best[row]!, a0, a1, a2, a3);
    if (row + 1 < rows) best[row + 1] = Math.max(best[row + 1]!, b0, b1, b2, b3);
  }
}

/** Writes a row as a unit vector, `step` apart; zeros stay zeros. */
function unitRow(
  from: Float32Array | Int8Array,
  start: number,
  cols: number,
  to: Float64Array,
  at: number,
  step: number,
): void {
  let sum = 0;
  for (let i = 0; i < cols; i++) sum += from[start + i]! * from[start + i]!;
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  for (let i = 0; i < cols; i++) to[at + i * step] = from[start + i]! * scale;
}
