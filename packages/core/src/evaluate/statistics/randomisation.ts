import { checkInteger, checkOptionNames } from '../../check.ts';
import { seededRandom } from '../../maths/random.ts';

/** Up to this many differing queries every assignment of signs is tried, so that the p-value is exact. */
const exactUpTo = 14;

/**
 * Two-sided paired randomisation test of a mean difference: were the two runs the same, each query's difference could
 * as well have the other sign; the p-value is the part of sign assignments whose mean is at least as far from 0. Exact
 * for up to 14 differing queries, else from `samples` random assignments, itself counted as one, so it is never 0.
 *
 * Fisher 1935; for retrieval: Smucker, Allan and Carterette, CIKM 2007.
 * @param differences one per query
 */
export function randomisationTest(
  differences: ArrayLike<number>,
  options: {
    /** Random assignments where there are too many to try all, at least 100. Default 10,000. */
    readonly samples?: number | undefined;
    /** The same one draws the same assignments. Default 1. */
    readonly seed?: number | undefined;
  } = {},
): number {
  checkOptionNames(options, ['samples', 'seed'], 'randomisationTest()');
  const { samples = 10_000, seed = 1 } = options;
  checkInteger('samples', samples, 100);
  const moved = Array.from(differences).filter((difference) => difference !== 0);
  if (moved.length === 0) return 1;
  const observed = Math.abs(moved.reduce((sum, difference) => sum + difference, 0));
  // Sums in another order differ in the last digits; what equals the observed sum must count as equal.
  const atLeast = observed - 1e-12 * moved.reduce((sum, difference) => sum + Math.abs(difference), 0);
  const exact = moved.length <= exactUpTo;
  const random = seededRandom(seed);
  const rounds = exact ? 2 ** moved.length : samples;
  let asFar = 0;
  for (let round = 0; round < rounds; round++) {
    let sum = 0;
    for (let i = 0; i < moved.length; i++) {
      const flip = exact ? (round >> i) & 1 : random() < 0.5;
      sum += flip ? -moved[i]! : moved[i]!;
    }
    if (Math.abs(sum) >= atLeast) asFar++;
  }
  return exact ? asFar / rounds : (asFar + 1) / (rounds + 1);
}
