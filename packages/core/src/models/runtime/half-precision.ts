let table: Float32Array | undefined;

/**
 * Numbers of half precision (IEEE 754, 16 bits) as single ones, without loss. The runtime hands them over as their bits,
 * or, where the language has an array for them, as numbers.
 */
export function fromHalf(data: ArrayLike<number>): Float32Array {
  if (!(data instanceof Uint16Array)) return Float32Array.from(data);
  const values = (table ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => valueOf(bits)));
  const numbers = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) numbers[i] = values[data[i]!]!;
  return numbers;
}

/** A sign, 5 bits of exponent, 10 of fraction. */
function valueOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
