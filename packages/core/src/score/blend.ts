import { checkOptionNames, requireNumber } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { SecondpassError } from '../errors.ts';
import { normalisers } from '../maths/normalisers.ts';
import type { Scorer } from '../types.ts';
import { scoreParts } from './score-parts.ts';

/** One voice in a blend. */
export interface BlendPart {
  readonly scorer: Scorer;
  /** How much it counts, above 0; only the ratio to the other weights matters. Default 1. */
  readonly weight?: number | undefined;
}

export interface BlendOptions {
  /**
   * How scores on different scales come together, list by list:
   *   'min-max'  from the lowest of the list, 0, to its highest, 1 (all equal: 1). The default
   *   'z-score'  in standard deviations from the mean of the list (all equal: 0)
   *   'none'     as they are, for parts that share a scale
   */
  readonly normalise?: 'min-max' | 'z-score' | 'none' | undefined;
  /**
   * What a part says of a candidate that it could not score:
   *   'ignore'  nothing: the others alone decide, by the mean of what was said. The default
   *   'lowest'  that it is as bad as the worst of the list (under min-max and z-score, where all are equal: worse than
   *             they): right where a retriever had every chance to find it
   */
  readonly missing?: 'ignore' | 'lowest' | undefined;
}

/**
 * One scorer from several: the weighted mean of their normalised scores. Its kind is `fused`: normalised list by list,
 * it says which is better here and not how good. What no part could score gets no score; who was missing is noted.
 *
 * @example
 * const scorer = blend([
 *   { scorer: await loadCrossEncoder(), weight: 0.8 },
 *   { scorer: firstStage(), weight: 0.2 },
 * ]);
 * @throws SecondpassError `invalid-argument` for no part, a weight that is not above 0, or an unknown option
 */
export function blend(parts: readonly BlendPart[], options?: BlendOptions): Scorer {
  checkOptionNames(options, ['normalise', 'missing'], 'blend()');
  const { normalise = 'min-max', missing = 'ignore' } = options ?? {};
  const known = ['min-max', 'z-score', 'none'].includes(normalise) && ['ignore', 'lowest'].includes(missing);
  if (!known || !Array.isArray(parts) || parts.length === 0) {
    const way =
      'blend() takes at least one part, normalise of min-max, z-score or none, and missing of ignore or lowest';
    throw new SecondpassError('invalid-argument', `${way}; got ${parts?.length} part(s), ${normalise} and ${missing}.`);
  }
  for (const part of parts) {
    checkOptionNames(part, ['scorer', 'weight'], 'a part of blend()');
    checkRole(part?.scorer, 'score', 'a part of blend()');
  }
  const scorers = parts.map(({ scorer }) => scorer);
  const weights = parts.map(({ scorer, weight = 1 }) => {
    requireNumber(`the weight of ${scorer.name}`, weight, Number.MIN_VALUE);
    return weight;
  });
  const name = `blend(${parts.map(({ scorer }, at) => `${weights[at]} ${scorer.name}`).join(' + ')}, ${normalise})`;
  return {
    name,
    kind: 'fused',
    pointwise: normalise === 'none' && missing === 'ignore' && scorers.every(({ pointwise }) => pointwise),
    async score(query, candidates, options) {
      const { scores, notes, run } = await scoreParts(name, scorers, query, candidates, options);
      const scales = scores.map((list) => onScale(list, normalise));
      const blended = candidates.map((_, index) => {
        let sum = 0;
        let weight = 0;
        let said = false;
        for (const [part, { values, lowest }] of scales.entries()) {
          const value = values[index];
          if (value !== undefined) said = true;
          else if (missing === 'ignore') continue;
          sum += weights[part]! * (value ?? lowest);
          weight += weights[part]!;
        }
        return said ? sum / weight : undefined;
      });
      return { value: { scores: blended }, notes, run };
    },
  };
}

/** The scores that are there on a common scale, the missing ones still missing. */
function onScale(
  list: readonly (number | undefined)[],
  normalise: 'min-max' | 'z-score' | 'none',
): { readonly values: readonly (number | undefined)[]; readonly lowest: number } {
  const present = list.filter((score) => score !== undefined);
  if (present.length === 0) return { values: list, lowest: 0 };
  const { values, lowest: scaled } = normalisers[normalise](present);
  const lowest = normalise === 'none' ? present.reduce((least, score) => Math.min(least, score)) : scaled;
  let next = 0;
  return { values: list.map((score) => (score === undefined ? undefined : values[next++])), lowest };
}
