/** Scores of one pool on a common scale. `lowest` stands for a candidate the pool does not hold, where that is asked. */
export interface Normalised {
  readonly values: readonly number[];
  readonly lowest: number;
}
/** @param scores finite, in rank order, at least one */
export type Normaliser = (scores: readonly number[]) => Normalised;
/**
 * The known normalisers, and what each does where its formula has no answer:
 *   min-max  (s − min) / (max − min), in [0, 1]. All equal, or only one: each is 1. Lowest: 0.
 *   z-score  (s − mean) / standard deviation (of the population). No variance: each is 0. Lowest: the lowest z, and −1
 *            where there is no variance, so that being found still counts for something.
 *   l2       s / √(Σ s²). All zero: each is 0. Lowest: the lowest value, and never above 0.
 *   rank     1 − (rank − 1) / size, in (0, 1]: scores are not looked at. Lowest: 0.
 *   none     s as it is, for pools whose scores share a scale. Lowest: the lowest score, and never above 0.
 */
export type NormaliserName = 'min-max' | 'z-score' | 'l2' | 'rank' | 'none';

/** See `NormaliserName`. */
export const normalisers: Readonly<Record<NormaliserName, Normaliser>> = {
  'min-max'(scores) {
    const { min, max } = range(scores);
    // Halved first: the width of the range of two finite numbers may itself not be finite.
    const width = max / 2 - min / 2;
    return { values: scores.map((s) => (width > 0 ? (s / 2 - min / 2) / width : 1)), lowest: 0 };
  },
  'z-score'(scores) {
    // Scaled by the largest magnitude first, which changes no z and keeps squares finite.
    const scale = magnitude(scores);
    const scaled = scores.map((s) => (scale > 0 ? s / scale : 0));
    const mean = scaled.reduce((sum, s) => sum + s, 0) / scaled.length;
    const deviation = Math.sqrt(scaled.reduce((sum, s) => sum + (s - mean) ** 2, 0) / scaled.length);
    // Below this, what is left of equal scores is rounding.
    if (deviation < 1e-12) return { values: scores.map(() => 0), lowest: -1 };
    const values = scaled.map((s) => (s - mean) / deviation);
    return { values, lowest: range(values).min };
  },
  l2(scores) {
    const scale = magnitude(scores);
    if (scale === 0) return { values: scores.map(() => 0), lowest: 0 };
    const length = Math.sqrt(scores.reduce((sum, s) => sum + (s / scale) ** 2, 0));
    const values = scores.map((s) => s / scale / length);
    return { values, lowest: Math.min(0, range(values).min) };
  },
  rank(scores) {
    return { values: scores.map((_, index) => 1 - index / scores.length), lowest: 0 };
  },
  none(scores) {
    return { values: scores, lowest: Math.min(0, range(scores).min) };
  },
};

function range(values: readonly number[]): { readonly min: number; readonly max: number } {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

function magnitude(values: readonly number[]): number {
  const { min, max } = range(values);
  return Math.max(Math.abs(min), Math.abs(max));
}
