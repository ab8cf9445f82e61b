import { checkInteger, checkOptionNames } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import type { Candidate } from '../types.ts';
import { fusedCandidate } from './arrange.ts';
import { collect, type Entry } from './collect.ts';
import type { Fusion, Pool } from './pool.ts';
import { takeTurns } from './take-turns.ts';

/**
 * Pools take turns in giving their best candidate that is not in the list yet: round-robin, in the order of the pools.
 * For pools that answer *different* questions, where summing would favour what answers none of them well.
 *
 * Law: with weights w and their sum W, the best ⌊k · w / W⌋ candidates of every pool are among the first k; a pool that
 * runs out leaves its turns to the others. Pools of weight 0 come last.
 *
 * The fused score is 1 / place: it says the order and nothing more.
 * @throws SecondpassError `invalid-argument` for a quota that is no count, and from `fuse` for one of a pool that is
 *   not there
 */
export function interleave(options?: {
  /**
   * By pool name: these many of the first places, taken in turn, are kept for the pool; a pool without a quota takes no
   * turn before all quotas are filled. Law: of the first Σ quotas places, each pool's best `quota` candidates have one.
   * After that, all go on by turns. Default: none.
   */
  readonly quotas?: Readonly<Record<string, number | undefined>> | undefined;
}): Fusion {
  checkOptionNames(options, ['quotas'], 'interleave()');
  const quotas = options?.quotas;
  checkQuotas('pool', quotas);
  return {
    name: 'interleave',
    fuse(pools, fuseOptions) {
      const { lists, weights, notes } = collect(pools, fuseOptions, 'interleave');
      checkQuotaNames(
        'pool',
        quotas,
        pools.map(({ name }) => name),
      );
      const taken = inTurn(pools, lists, weights, quotas);
      return {
        candidates: [...taken]
          .slice(0, fuseOptions?.topK)
          .map((entry, index) => fusedCandidate(pools, entry, 1 / (index + 1), 'interleave')),
        notes,
      };
    },
  };
}

/** Refuses a quota that is no count. `of` says what has a quota: a pool, a question. */
export function checkQuotas(of: string, quotas: Readonly<Record<string, number | undefined>> | undefined): void {
  for (const [name, quota] of Object.entries(quotas ?? {})) checkInteger(`quota of ${of} "${name}"`, quota, 0);
}

/** Refuses a quota for what is not there. */
export function checkQuotaNames(
  of: string,
  quotas: Readonly<Record<string, number | undefined>> | undefined,
  names: readonly string[],
): void {
  const unknown = Object.keys(quotas ?? {}).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const known = [...new Set(names)].map((name) => `"${name}"`).join(', ');
  throw new SecondpassError(
    'invalid-argument',
    `There is a quota for "${unknown}" and no ${of} of that name; the ${of}s are ${known}.`,
  );
}

/** All entries of all lists, each once: quotas first, then turns by weight, then the lists of weight 0. */
export function inTurn<C extends Candidate>(
  pools: readonly Pick<Pool, 'name'>[],
  lists: readonly (readonly Entry<C>[])[],
  weights: readonly number[],
  quotas?: Readonly<Record<string, number | undefined>>,
): ReadonlySet<Entry<C>> {
  const taken = new Set<Entry<C>>();
  if (quotas) {
    const places = pools.map(({ name }) => (Object.hasOwn(quotas, name) ? (quotas[name] ?? 0) : 0));
    takeTurns(
      lists,
      places.map((quota) => ({ weight: quota, places: quota })),
      taken,
    );
  }
  takeTurns(
    lists,
    weights.map((weight) => ({ weight })),
    taken,
  );
  takeTurns(
    lists,
    lists.map(() => ({ weight: 1 })),
    taken,
  );
  return taken;
}
