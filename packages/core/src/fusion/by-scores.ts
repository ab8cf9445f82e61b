import { checkOptionNames } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import type { Note } from '../types.ts';
import { arrange, stableSum } from './arrange.ts';
import { collect } from './collect.ts';
import { normalisers, type Normaliser, type NormaliserName } from '../maths/normalisers.ts';
import type { Fusion } from './pool.ts';
import { scoresOf } from './pool-scores.ts';

/**
 * How first-stage scores are fused. Those of one pool must be of one kind and giver: `fuse` refuses others
 * (`invalid-argument`). A pool without any score is taken by its ranks, with an `unscored` note; `normalise: 'none'`
 * refuses it. Single candidates without a score are as if the pool did not hold them, with a note.
 */
export interface ScoreFusionOptions {
  /** How scores of different pools come onto one scale; see `NormaliserName`. Default `'min-max'`. */
  readonly normalise?: NormaliserName | Normaliser | undefined;
  /**
   * What a pool says of a candidate that it does not hold, or holds without a score:
   *   'lowest'  as low as its scale goes; the default. Under min-max, rank, and for scores that are never negative this
   *             is the published sum over the pools that hold it
   *   'ignore'  nothing: the sum becomes a weighted mean over the pools that scored it, times the weight of all pools
   *   'zero'    0 on the normalised scale, even where 0 is better than the lowest
   */
  readonly missing?: 'lowest' | 'ignore' | 'zero' | undefined;
}

/** What a score fusion knows of one candidate: one value and weight per pool that says something of it. */
export interface Said {
  readonly values: readonly number[];
  readonly weights: readonly number[];
  /** Sum of the weights of all pools that are not empty. */
  readonly allWeights: number;
  /** Number of pools with a weight above 0 that hold it with a score, or by its rank where a pool has no scores. */
  readonly pools: number;
}

/**
 * A fusion over first-stage scores. A pool without any score is taken by its ranks (`1 − (rank − 1) / size` as scores),
 * with an `unscored` note; single candidates without a score are as if the pool did not hold them, with a note. A
 * candidate without a score in any pool gets no fused score and stands below.
 */
export function byScores(
  method: string,
  options: ScoreFusionOptions | undefined,
  combine: (said: Said) => number,
): Fusion {
  checkOptionNames(options, ['normalise', 'missing'], `${method}()`);
  const { normalise = 'min-max', missing = 'lowest' } = options ?? {};
  const normaliser = typeof normalise === 'function' ? normalise : normalisers[normalise];
  if (typeof normaliser !== 'function' || (typeof normalise === 'string' && !Object.hasOwn(normalisers, normalise))) {
    const known = Object.keys(normalisers).join(', ');
    throw new SecondpassError(
      'invalid-argument',
      `normalise is "${String(normalise)}"; known: ${known}, or a function.`,
    );
  }
  if (!['lowest', 'ignore', 'zero'].includes(missing)) {
    throw new SecondpassError('invalid-argument', `missing is "${String(missing)}"; known: lowest, ignore, zero.`);
  }
  const name = `${method}(${typeof normalise === 'function' ? normalise.name || 'custom' : normalise})`;
  return {
    name,
    fuse(pools, fuseOptions) {
      const collected = collect(pools, fuseOptions, name);
      const notes: Note[] = [];
      const scales = collected.lists.map((list, at) => {
        const { scored, scores, note } = scoresOf(pools[at]!, list, at, name, normalise === 'none');
        if (note) notes.push(note);
        if (scored.length === 0) return undefined;
        const { values, lowest } = normaliser(scores);
        checkNormalised(values, lowest, scores.length, name);
        return { values: new Map(scored.map((entry, index) => [entry, values[index]!])), lowest };
      });
      const allWeights = stableSum(collected.weights.filter((_, at) => scales[at]));
      const scores = collected.entries.map((entry) => {
        const values: number[] = [];
        const weights: number[] = [];
        let known = false;
        let held = 0;
        for (const [at, scale] of scales.entries()) {
          if (!scale) continue;
          const value = scale.values.get(entry);
          if (value !== undefined) {
            known = true;
            if (collected.weights[at]! > 0) held++;
          } else if (missing === 'ignore') continue;
          values.push(value ?? (missing === 'zero' ? 0 : scale.lowest));
          weights.push(collected.weights[at]!);
        }
        return known ? combine({ values, weights, allWeights, pools: held }) : undefined;
      });
      return arrange(pools, collected, scores, fuseOptions, name, notes);
    },
  };
}

function checkNormalised(values: readonly number[], lowest: number, length: number, by: string): void {
  if (values.length === length && Number.isFinite(lowest) && values.every(Number.isFinite)) return;
  throw new SecondpassError(
    'invalid-score',
    `The normaliser of ${by} gave ${values.length} value(s) for ${length} score(s), or one that is not finite.`,
  );
}
