import { checkNumber, checkOptionNames, checkRerankCall, passDown } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { SecondpassError } from '../errors.ts';
import { normalisers } from '../maths/normalisers.ts';
import type { Candidate, Ranked, Reranker } from '../types.ts';
import { likenessWithin } from './likeness.ts';
import { keep } from './order.ts';

export interface DiversifyOptions {
  /** How much relevance counts against being new, from 0 (only new) to 1 (only relevant: nothing moves). Default 0.7. */
  readonly lambda?: number | undefined;
  /**
   * How alike two candidates are, at most 1. Default: the cosine of their vectors if all bring one, else the share of
   * common words.
   */
  readonly likeness?: ((a: Candidate, b: Candidate) => number) | undefined;
}

/**
 * Reorders what a reranker found so that the top does not say the same thing five times: maximal marginal relevance
 * (Carbonell and Goldstein 1998). Again and again it takes the candidate with the highest
 * `lambda * relevance - (1 - lambda) * likeness to what is already taken`; the best stays first. Relevance is the score,
 * from 0 to 1 over the list, or the place where the reranker gives no scores. Its own order has no scores: those of the
 * reranker move to `earlier`, and a `minScore` is handed to it, since it speaks of them (within a `cascade` it is the
 * cascade's, which then finds no scores and keeps all, with a note). What the reranker left unscored, or did not place
 * itself, stays below. n results cost n * n / 2 comparisons: put a `cut` before it for long lists.
 *
 * @example
 * const reranker = diversify(cascade(byScore(model), cut(30)), { lambda: 0.7 });
 * @throws SecondpassError `invalid-argument` for what is no reranker, or a `lambda` out of its range; from `rerank`
 *   `invalid-score` for a likeness that is not finite
 */
export function diversify(reranker: Reranker, options?: DiversifyOptions): Reranker {
  checkRole(reranker, 'rerank', 'diversify()');
  checkOptionNames(options, ['lambda', 'likeness'], 'diversify()');
  checkNumber('lambda', options?.lambda, 0, 1);
  const { lambda = 0.7, likeness } = options ?? {};
  const name = `diversify(${reranker.name}, ${lambda})`;
  return {
    name,
    async rerank(query, candidates, options) {
      checkRerankCall(candidates, options, name);
      const inner = { ...passDown(options), minScore: options?.minScore };
      const { results, notes, runs } = await reranker.rerank(query, candidates, inner);
      options?.signal?.throwIfAborted();
      const { first, rest, relevance } = comparable(results);
      const list = first.map(({ candidate }) => candidate);
      const alike = likeness ? (a: number, b: number) => likeness(list[a]!, list[b]!) : likenessWithin(list);
      const order = marginal(relevance, alike, lambda, options?.topK ?? list.length);
      const placed = order.map((index): Ranked<(typeof list)[number]> => {
        const { score, earlier = [], ...ranked } = first[index]!;
        const said = score ? [...earlier, score] : earlier;
        return { ...ranked, placedBy: name, ...(said.length > 0 && { earlier: said }) };
      });
      return { results: keep([...placed, ...rest], { topK: options?.topK }, name, notes).results, notes, runs };
    },
  };
}

/** The head of a ranking whose relevance can be compared: by scores of one kind and giver, or, without any, by place. */
function comparable<C extends Candidate>(
  results: readonly Ranked<C>[],
): {
  readonly first: readonly Ranked<C>[];
  readonly rest: readonly Ranked<C>[];
  readonly relevance: readonly number[];
} {
  const top = results[0]?.score;
  if (!top) {
    // What was scored, or placed by another or by nobody, below an unscored head has an order of its own: it stays.
    const placedBy = results[0]?.placedBy;
    const own = results.findIndex((result) => result.score || result.placedBy !== placedBy);
    const end = own < 0 ? results.length : own;
    return { first: results.slice(0, end), rest: results.slice(end), relevance: normalisers.rank(Array.from({ length: end }, () => 0)).values }; // prettier-ignore
  }
  const other = results.findIndex(({ score }) => score?.by !== top.by || score.kind !== top.kind);
  const end = other < 0 ? results.length : other;
  const first = results.slice(0, end);
  return { first, rest: results.slice(end), relevance: normalisers['min-max'](first.map(({ score }) => score!.value)).values }; // prettier-ignore
}

/** Indices in order of maximal marginal relevance, the first `limit` of them; of equals the earlier one. */
function marginal(
  relevance: readonly number[],
  alike: (a: number, b: number) => number,
  lambda: number,
  limit: number,
): number[] {
  const left = [...relevance.keys()];
  const nearest = relevance.map(() => -Infinity);
  const taken: number[] = [];
  while (left.length > 0 && taken.length < limit) {
    let best = 0;
    let highest = -Infinity;
    for (const [at, index] of left.entries()) {
      const value = lambda * relevance[index]! - (taken.length > 0 ? (1 - lambda) * nearest[index]! : 0);
      if (value > highest) [best, highest] = [at, value];
    }
    const [chosen] = left.splice(best, 1);
    taken.push(chosen!);
    for (const index of left) {
      const value = alike(chosen!, index);
      if (!Number.isFinite(value)) {
        throw new SecondpassError('invalid-score', `likeness gave ${String(value)}; it must be a finite number.`);
      }
      if (value > nearest[index]!) nearest[index] = value;
    }
  }
  return taken;
}
