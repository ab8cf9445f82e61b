import { checkNumber, checkOptionNames, requireNumber } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { SecondpassError } from '../errors.ts';
import { sigmoid } from '../maths/sigmoid.ts';
import type { Scorer } from '../types.ts';
import { scoreParts } from './score-parts.ts';

/** One term of a logistic blend: `present + weight * f(score)` where its scorer gave a score, 0 where it gave none. */
export interface LogisticTerm {
  readonly scorer: Scorer;
  /** Coefficient of the score, or of the saturated score. Any finite number. */
  readonly weight: number;
  /** What it counts that there is a score at all, whatever it is: the coefficient of a presence flag. Default 0. */
  readonly present?: number | undefined;
  /**
   * For scores that are never negative and have no upper end, such as BM25: f(s) = s / (s + saturation), in [0, 1), half
   * at `saturation`, which is above 0. Default: f(s) = s.
   */
  readonly saturation?: number | undefined;
  /**
   * What it means that its scorer gave no score:
   *   'noted'     the term is left out, and a note says so. The default
   *   'usual'     the term is left out, and nothing is said: candidates need not have it
   *   'unscored'  the candidate gets no score: without this term the others mean little
   */
  readonly absent?: 'noted' | 'usual' | 'unscored' | undefined;
}

/**
 * One probability from several scorers, by coefficients fitted to judged pairs: sigmoid(intercept + the terms). Absence
 * has its own coefficient, so a missing first-stage score is neither 0 nor the worst. Nothing depends on the rest of the
 * list: if all its scorers are pointwise, a candidate gets alone the score that it gets in company, and a threshold
 * keeps its meaning. What no term could score gets no score. The logit is in `detail.logit`.
 *
 * @throws SecondpassError `invalid-argument` for no term, a coefficient that is not finite, or another option that
 *   cannot be; `invalid-score` when a negative score meets a saturation
 */
export function logisticBlend(
  terms: readonly LogisticTerm[],
  options: {
    /** What is added to the terms. Any finite number. */
    readonly intercept: number;
    /** Default: `logistic(…)` with the names of its scorers. */
    readonly name?: string | undefined;
    /** Default `probability`; `logit`: without the logistic function. */
    readonly kind?: 'probability' | 'logit' | undefined;
  },
): Scorer {
  checkOptionNames(options, ['intercept', 'name', 'kind'], 'logisticBlend()');
  requireNumber('intercept', options?.intercept);
  if (!Array.isArray(terms) || terms.length === 0) {
    throw new SecondpassError('invalid-argument', 'logisticBlend() has nothing to blend: pass at least one term.');
  }
  for (const term of terms) {
    checkOptionNames(term, ['scorer', 'weight', 'present', 'saturation', 'absent'], 'a term of logisticBlend()');
    const { scorer, weight, present, saturation, absent = 'noted' } = term;
    checkRole(scorer, 'score', 'a term of logisticBlend()');
    if (!['noted', 'usual', 'unscored'].includes(absent)) {
      const known = 'noted, usual, unscored';
      throw new SecondpassError(
        'invalid-argument',
        `absent of ${scorer.name} is "${String(absent)}"; known: ${known}.`,
      );
    }
    requireNumber(`the weight of ${scorer.name}`, weight);
    checkNumber(`present of ${scorer.name}`, present);
    checkNumber(`the saturation of ${scorer.name}`, saturation, Number.MIN_VALUE);
  }
  const scorers = terms.map(({ scorer }) => scorer);
  const kind = options.kind ?? 'probability';
  if (kind !== 'probability' && kind !== 'logit') {
    throw new SecondpassError('invalid-argument', `kind is "${String(kind)}"; known: logit, probability.`);
  }
  const by = options.name ?? `logistic(${scorers.map(({ name }) => name).join(' + ')})`;
  return {
    name: by,
    kind,
    pointwise: scorers.every(({ pointwise }) => pointwise),
    async score(query, candidates, callOptions) {
      const { scores, notes, run } = await scoreParts(
        by,
        scorers,
        query,
        candidates,
        callOptions,
        terms.map(({ absent }) => (absent ?? 'noted') === 'noted'),
      );
      const logits = candidates.map((_, index) => {
        if (scores.every((list) => list[index] === undefined)) return undefined;
        if (terms.some(({ absent }, at) => absent === 'unscored' && scores[at]![index] === undefined)) return undefined;
        let logit = options.intercept;
        for (const [at, term] of terms.entries()) {
          const score = scores[at]![index];
          if (score !== undefined) logit += (term.present ?? 0) + term.weight * saturated(score, term);
        }
        return logit;
      });
      return {
        value: {
          scores: logits.map((logit) => (logit === undefined || kind === 'logit' ? logit : sigmoid(logit))),
          details: logits.map((logit) => (logit === undefined ? undefined : { logit })),
        },
        notes,
        run,
      };
    },
  };
}

function saturated(score: number, { saturation, scorer }: LogisticTerm): number {
  if (saturation === undefined) return score;
  if (score >= 0) return score / (score + saturation);
  throw new SecondpassError(
    'invalid-score',
    `${scorer.name} scored ${score}; saturation is for scores of 0 and above.`,
  );
}
