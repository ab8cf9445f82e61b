import { checkOptionNames } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { SecondpassError } from '../errors.ts';
import type { Candidate } from '../types.ts';
import { fusedCandidate } from './arrange.ts';
import { collect } from './collect.ts';
import { checkQuotaNames, checkQuotas, inTurn } from './interleave.ts';
import type { Fused, FuseOptions, Fusion, Pool } from './pool.ts';
import { reciprocalRank } from './reciprocal-rank.ts';

/**
 * The policy for a question and its parts: pools for the same question are fused, then the questions take turns in
 * giving their best candidate that is not in the list yet.
 *
 * Summing across questions would bring up what is middling for all of them; each needs its own best evidence. Law: with
 * q questions of equal weight, the best ⌊k / q⌋ candidates of every question are among the first k (otherwise by weight,
 * as `interleave` says). A question weighs as much as its pools on average.
 *
 * The fused score is 1 / place: it says the order and nothing more. `sources` tells of every pool of every question.
 * @throws SecondpassError `invalid-argument` for what is no fusion or no count, and from `fuse` for a quota of a
 *   question that no pool is for
 */
export function coverQuestions(options?: {
  /** Fuses the pools of one question. Default `reciprocalRank()`. */
  readonly within?: Fusion | undefined;
  /** By question: places kept among the first ones, as `interleave` says. Default: none. */
  readonly quotas?: Readonly<Record<string, number | undefined>> | undefined;
}): Fusion {
  checkOptionNames(options, ['within', 'quotas'], 'coverQuestions()');
  checkQuotas('question', options?.quotas);
  const within = options?.within ?? reciprocalRank();
  checkRole(within, 'fuse', 'The option within of coverQuestions()');
  const name = `cover-questions(${within.name})`;
  return {
    name,
    fuse<C extends Candidate>(pools: readonly Pool<C>[], fuseOptions?: FuseOptions<C>): Fused<C> {
      const collected = collect(pools, fuseOptions, name);
      checkQuotaNames(
        'question',
        options?.quotas,
        pools.map(({ question = '' }) => question),
      );
      const questions = groupByQuestion(pools);
      const notes = [...collected.notes];
      const lists = questions.map((group) => {
        const fused = within.fuse(group, { key: fuseOptions?.key });
        // What there is to say of ids and keys is said above, once for all questions.
        notes.push(...fused.notes.filter(({ code }) => !['duplicate-id', 'no-key', 'no-overlap'].includes(code)));
        return fused.candidates.map(({ origin }) => {
          const entry = collected.entryOf.get(origin);
          if (entry) return entry;
          throw new SecondpassError(
            'invalid-argument',
            `${within.name} returned the candidate "${origin.id}" with an origin that is in none of its pools; origin must be the object it was given.`,
          );
        });
      });
      const weights = questions.map(weightOf);
      const names = questions.map((group) => ({ name: group[0]!.question ?? '' }));
      const order = [...inTurn(names, lists, weights, options?.quotas)].slice(0, fuseOptions?.topK);
      return {
        candidates: order.map((entry, index) => fusedCandidate(pools, entry, 1 / (index + 1), name)),
        notes,
      };
    },
  };
}

/** The pools of each question for which anything was found. */
function groupByQuestion<C extends Candidate>(pools: readonly Pool<C>[]): readonly (readonly Pool<C>[])[] {
  const groups = new Map<string | undefined, Pool<C>[]>();
  for (const pool of pools) {
    const group = groups.get(pool.question);
    if (group) group.push(pool);
    else groups.set(pool.question, [pool]);
  }
  return [...groups.values()].filter((group) => group.some(isFilled));
}

/** An empty pool has no say in how much its question weighs. */
function weightOf(group: readonly Pool[]): number {
  const filled = group.filter(isFilled);
  return filled.reduce((sum, { weight = 1 }) => sum + weight, 0) / filled.length;
}

const isFilled = ({ candidates }: Pool): boolean => candidates.length > 0;
