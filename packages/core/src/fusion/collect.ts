import { checkInteger, checkNumber, checkOptionNames, checkScore } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import type { Candidate, Note, Score } from '../types.ts';
import { identityOf, keyReader } from './key.ts';
import { overlapNotes } from './overlap.ts';
import type { FuseOptions, Pool } from './pool.ts';

/** Where an entry stands in one pool: 1-based rank among the distinct candidates of the pool. */
export interface Place {
  readonly pool: number;
  readonly rank: number;
  readonly score?: Score;
}

/** All that was seen of one key: the first candidate, and one place per pool that holds it, in pool order. */
export interface Entry<C extends Candidate = Candidate> {
  readonly key: string;
  readonly origin: C;
  readonly places: readonly Place[];
}

/** All pools, merged by key. */
export interface Collected<C extends Candidate = Candidate> {
  /** In order of first sight: pool by pool, best first. */
  readonly entries: readonly Entry<C>[];
  /** Per pool, its distinct entries, best first. */
  readonly lists: readonly (readonly Entry<C>[])[];
  /** The entry of every candidate object in any pool. */
  readonly entryOf: ReadonlyMap<C, Entry<C>>;
  readonly weights: readonly number[];
  readonly notes: readonly Note[];
}

/**
 * Merges pools by key: within a pool the best-ranked of equals stays, across pools their places come together.
 * @throws SecondpassError `invalid-argument` for what is no pool, `invalid-score` for a score that is not finite
 */
export function collect<C extends Candidate>(
  pools: readonly Pool<C>[],
  options: FuseOptions<C> | undefined,
  by: string,
): Collected<C> {
  checkOptionNames(options, ['key', 'topK'], `${by}.fuse()`);
  checkInteger('topK', options?.topK, 0);
  checkPools(pools, by);
  const keyOf = keyReader(options?.key);
  const entries = new Map<string, Entry<C> & { readonly places: Place[] }>();
  const entryOf = new Map<C, Entry<C>>();
  const repeated = new Set<string>();
  const keyless = new Set<string>();
  const lists = pools.map((pool, at) => {
    const list: Entry<C>[] = [];
    for (const [index, candidate] of pool.candidates.entries()) {
      checkCandidate(candidate, pool.name, index);
      const read = keyOf(candidate);
      if (read === undefined) keyless.add(candidate.id);
      const key = identityOf(candidate, read);
      let entry = entries.get(key);
      if (!entry) entries.set(key, (entry = { key, origin: candidate, places: [] }));
      entryOf.set(candidate, entry);
      if (entry.places.at(-1)?.pool === at) {
        repeated.add(candidate.id);
        continue;
      }
      list.push(entry);
      const { score } = candidate;
      entry.places.push({ pool: at, rank: list.length, ...(score && { score }) });
    }
    return list;
  });
  const notes: Note[] = [];
  if (repeated.size > 0) {
    const message = `${repeated.size} candidate(s) occur more than once in a pool; each counts once, at its best rank.`;
    notes.push({ code: 'duplicate-id', by, message, ids: [...repeated] });
  }
  if (keyless.size > 0) {
    const message = `${keyless.size} candidate(s) have no key of the asked kind and are told apart by their id.`;
    notes.push({ code: 'no-key', by, message, ids: [...keyless] });
  }
  notes.push(...overlapNotes(pools, lists, by));
  const weights = pools.map(({ weight = 1 }) => weight);
  return { entries: [...entries.values()], lists, entryOf, weights, notes };
}

function checkPools(pools: readonly Pool[], by: string): void {
  if (!Array.isArray(pools)) {
    throw new SecondpassError('invalid-argument', `${by}.fuse() takes an array of pools, not ${typeof pools}.`);
  }
  const names = new Set<string>();
  for (const [index, pool] of (pools as readonly Pool[]).entries()) {
    if (typeof pool?.name !== 'string' || !Array.isArray(pool.candidates)) {
      throw new SecondpassError(
        'invalid-argument',
        `Pool ${index} given to ${by} is no pool: it needs a name and an array of candidates.`,
      );
    }
    if (names.has(pool.name)) {
      throw new SecondpassError(
        'invalid-argument',
        `Two pools are named "${pool.name}"; give each its own name, since provenance and quotas tell them apart by it.`,
      );
    }
    names.add(pool.name);
    checkNumber(`weight of pool "${pool.name}"`, pool.weight, 0);
  }
}

function checkCandidate(candidate: Candidate, pool: string, index: number): void {
  const content: unknown = candidate?.content;
  if (typeof candidate?.id !== 'string' || !(typeof content === 'string' || Array.isArray(content))) {
    throw new SecondpassError(
      'invalid-argument',
      `Candidate ${index} of pool "${pool}" needs a string id and a content (text or parts).`,
    );
  }
  if (candidate.score) checkScore(candidate.score.value, index, `Pool "${pool}"`);
}
