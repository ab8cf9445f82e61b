import { checkOptionNames, requireInteger, requireNumber } from '../check.ts';
import { SecondpassError } from '../errors.ts';

/**
 * How the scores of a document's passages become one (Dai and Callan 2019, section 3, for the first two):
 *
 *   max           the best passage's
 *   first         the first passage's: for documents that say what they are about at once
 *   { mean: k }   the mean of the k best, at least 1: steadier than max where passages are many
 *   { decay: d }  a mean of all in falling order, weighted 1, d, d², …: between max (d = 0) and the mean of all (d = 1)
 */
export type CombinePassages = 'max' | 'first' | { readonly mean: number } | { readonly decay: number };

/** @throws SecondpassError `invalid-argument` for anything else */
export function checkCombine(combine: CombinePassages): void {
  if (combine === 'max' || combine === 'first') return;
  if (typeof combine === 'object' && combine !== null && 'mean' in combine) {
    checkOptionNames(combine, ['mean'], 'combine');
    return requireInteger('combine.mean', combine.mean, 1);
  }
  if (typeof combine === 'object' && combine !== null && 'decay' in combine) {
    checkOptionNames(combine, ['decay'], 'combine');
    return requireNumber('combine.decay', combine.decay, 0, 1);
  }
  throw new SecondpassError(
    'invalid-argument',
    `combine is ${JSON.stringify(combine)}; it must be "max", "first", { mean: k } or { decay: d }.`,
  );
}

/** @param scores of passages in reading order, `undefined` where there is none; `undefined` if none has one */
export function combinePassages(scores: readonly (number | undefined)[], combine: CombinePassages): number | undefined {
  if (combine === 'first') return scores[0];
  const known = scores.filter((score) => score !== undefined).sort((a, b) => b - a);
  if (known.length === 0) return undefined;
  if (combine === 'max') return known[0];
  const weights = known.map((_, i) => ('mean' in combine ? Number(i < combine.mean) : combine.decay ** i));
  const total = weights.reduce((a, b) => a + b, 0);
  return known.reduce((sum, score, i) => sum + score * weights[i]!, 0) / total;
}
