import { checkOptionNames } from '../../check.ts';
import { checkCutoff, printed, top, type Agreement } from './measure.ts';

/**
 * Kendall's tau between two rankings, over the documents that both hold: pairs in the same order less pairs in opposite
 * order, over all pairs. `undefined` with fewer than two common documents. For agreement weighted towards the top use
 * `RBO`.
 *
 * Kendall, A new measure of rank correlation, Biometrika 1938.
 */
export function KendallTau(
  options: {
    /** Only the first so many documents count, at least 1. Default: all. */
    readonly at?: number | undefined;
  } = {},
): Agreement {
  checkOptionNames(options, ['at'], 'KendallTau()');
  const { at } = options;
  checkCutoff('KendallTau', at);
  return {
    name: printed('KendallTau', {}, at),
    agree(a, b) {
      const place = new Map(top(b, at).map((id, index) => [id, index]));
      const places = top(a, at).flatMap((id) => place.get(id) ?? []);
      return kendallTauB(
        places.map((_, index) => index),
        places,
      );
    },
  };
}

/**
 * Kendall's tau-b of paired numbers, which allows for ties on both sides: for two systems' scores of the same items, or
 * two measures over the same systems. `undefined` if either side is constant or there are fewer than two pairs.
 *
 * Kendall, The treatment of ties in ranking problems, Biometrika 1945.
 */
export function kendallTauB(x: ArrayLike<number>, y: ArrayLike<number>): number | undefined {
  let balance = 0;
  let distinctX = 0;
  let distinctY = 0;
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const byX = Math.sign(x[i]! - x[j]!);
      const byY = Math.sign(y[i]! - y[j]!);
      balance += byX * byY;
      distinctX += Math.abs(byX);
      distinctY += Math.abs(byY);
    }
  }
  return distinctX === 0 || distinctY === 0 ? undefined : balance / Math.sqrt(distinctX * distinctY);
}
