import { SecondpassError } from '../errors.ts';
import type { Matrix } from '../types.ts';

/**
 * Directions of vectors in a byte per number, row-major: a quarter of the memory. The length of a row means nothing, only
 * its direction: each was scaled so that its largest number is 127 before rounding.
 */
export interface ByteMatrix {
  readonly data: Int8Array;
  readonly rows: number;
  readonly cols: number;
}

/**
 * Keeps the directions of token vectors in a byte per number. With the encoder that ships, a MaxSim moves by less
 * than 0.001 (packages/core/test/models/engine.test.ts).
 * @throws SecondpassError `invalid-score` for a number that is not finite
 */
export function toBytes({ data, rows, cols }: Matrix): ByteMatrix {
  const bytes = new Int8Array(rows * cols);
  for (let from = 0; from < bytes.length; from += cols) {
    let [low, high, sum] = [0, 0, 0];
    for (let at = from; at < from + cols; at++) {
      const value = data[at]!;
      sum += value;
      if (value > high) high = value;
      else if (value < low) low = value;
    }
    // A sum of 32-bit numbers is finite where they are.
    if (!Number.isFinite(sum)) throw noDirection(from / cols, sum);
    const largest = Math.max(high, -low);
    const scale = largest > 0 ? 127 / largest : 0;
    // Rounds by dropping what is behind the point of a number above 0: four times as fast as Math.round.
    for (let at = from; at < from + cols; at++) bytes[at] = Math.trunc(data[at]! * scale + 128.5) - 128;
  }
  return { data: bytes, rows, cols };
}

function noDirection(row: number, sum: number): SecondpassError {
  return new SecondpassError(
    'invalid-score',
    `The numbers in row ${row} of the token vectors add up to ${sum}, so it has no direction. Mend what made them, or leave them out.`,
  );
}

/** The directions again as unit vectors of 32-bit numbers. */
export function toFloats({ data, rows, cols }: ByteMatrix): Matrix {
  const floats = new Float32Array(data.length);
  for (let from = 0; from < data.length; from += cols) {
    let sum = 0;
    for (let at = from; at < from + cols; at++) sum += data[at]! * data[at]!;
    const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    for (let at = from; at < from + cols; at++) floats[at] = data[at]! * scale;
  }
  return { data: floats, rows, cols };
}
