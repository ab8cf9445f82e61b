import { checkOptionNames, requireScoreKind } from '../check.ts';
import type { Candidate, ScoreKind, Scorer } from '../types.ts';

/** What to say of a candidate: its score, or undefined for "could not say". */
export type Script = Readonly<Record<string, number | undefined>> | ((candidate: Candidate) => number | undefined);

/**
 * A fake that scores by a script instead of a model: a table by id (what is not in it gets no score), or a function of
 * the candidate. The same every time, and pointwise.
 *
 * @example
 * const reranker = byScore(scriptedScorer({ a: 0.2, b: 0.9 }));
 */
export function scriptedScorer(
  script: Script,
  options: {
    /** Default `scripted`. */
    readonly name?: string | undefined;
    /** What its scores are taken for. Default `logit`. */
    readonly kind?: ScoreKind | undefined;
  } = {},
): Scorer {
  checkOptionNames(options, ['name', 'kind'], 'scriptedScorer()');
  const { name = 'scripted', kind = 'logit' } = options;
  requireScoreKind('kind of scriptedScorer()', kind);
  const valueOf = typeof script === 'function' ? script : (candidate: Candidate) => ownValue(script, candidate.id);
  return {
    name,
    kind,
    pointwise: true,
    async score(_query, candidates, options) {
      options?.signal?.throwIfAborted();
      const started = performance.now();
      const scores = candidates.map((candidate) => valueOf(candidate));
      return { value: { scores }, run: { by: name, durationMs: performance.now() - started } };
    },
  };
}

const ownValue = (table: Readonly<Record<string, number | undefined>>, id: string): number | undefined =>
  Object.hasOwn(table, id) ? table[id] : undefined;
