/**
 * Holm's correction for several tests at once: the chance of even one false alarm among them stays below the level at
 * which a corrected p-value is read. In input order; never above 1, and never below the p-value given.
 *
 * Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 1979.
 */
export function holm(pValues: readonly number[]): number[] {
  const ascending = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const corrected = Array.from(pValues, () => 1);
  let largest = 0;
  for (const [place, { p, index }] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, p * (pValues.length - place)));
    corrected[index] = largest;
  }
  return corrected;
}
