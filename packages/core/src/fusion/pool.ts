import type { FusedCandidate } from '../search-types.ts';
import type { Candidate, Note } from '../types.ts';

/** What one retriever found for one question, best first. */
export interface Pool<C extends Candidate = Candidate> {
  /** Tells sources apart in provenance and quotas, so unique in a call: `bm25`, `bm25 · part 2`. */
  readonly name: string;
  readonly candidates: readonly C[];
  /** The question these candidates answer. Pools without one answer the same, unnamed question. */
  readonly question?: string | undefined;
  /** How much this pool counts, at least 0. Default 1. What it multiplies is said by each fusion. */
  readonly weight?: number | undefined;
}

/**
 * Which candidates are the same thing:
 *   'id'                the same `id` (the default)
 *   'content'           the same text, after Unicode NFC and with white space runs as one space
 *   { field: 'a.b' }    the same string or number at this path of the candidate: `metadata.url`
 *   a function          the same returned string
 * A candidate without a key (no such field, an empty text, an image among its content, `undefined` or `''` from the
 * function) is keyed by its id, with a `no-key` note.
 */
export type FusionKey<C extends Candidate = Candidate> =
  | 'id'
  | 'content'
  | { readonly field: string }
  | ((candidate: C) => string | undefined);

export interface FuseOptions<C extends Candidate = Candidate> {
  /** Default `'id'`. */
  readonly key?: FusionKey<C> | undefined;
  /** Keep the best k: a prefix of the whole. Default: all. */
  readonly topK?: number | undefined;
}

/** One list, best first. Every distinct candidate of every pool is in it once; `origin` is the first one seen. */
export interface Fused<C extends Candidate = Candidate> {
  readonly candidates: readonly FusedCandidate<C>[];
  readonly notes: readonly Note[];
}

/**
 * Makes one list of several. Plain and synchronous: no model, no I/O.
 *
 * All fusions share: duplicates within a pool count once, at their best rank, and ranks are counted over what is left;
 * equal scores are ordered by best rank in any pool, then by the order of the pools; a candidate that no score can be
 * given to stands below the scored ones; nothing passed in is changed; `[]` gives `[]`. They refuse
 * (`invalid-argument`) what is no pool or candidate, two pools of one name, a weight below 0 and a key that is none,
 * and (`invalid-score`) a score or a sum that is not finite.
 *
 * Pools of different types of candidates have one type together, which is given by name:
 * @example
 * const { candidates } = reciprocalRank().fuse<Page | Vector>([
 *   { name: 'words', candidates: pages },
 *   { name: 'vectors', candidates: vectors },
 * ]);
 */
export interface Fusion {
  readonly name: string;
  fuse<C extends Candidate>(pools: readonly Pool<C>[], options?: FuseOptions<C>): Fused<C>;
}
