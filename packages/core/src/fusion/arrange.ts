// Where fused scores become an order: the one place of the fusion room that sorts, breaks ties and cuts.
import { SecondpassError } from '../errors.ts';
import type { FusedCandidate, Source } from '../search-types.ts';
import type { Candidate, Note, Score } from '../types.ts';
import type { Collected, Entry, Place } from './collect.ts';
import type { Fused, FuseOptions, Pool } from './pool.ts';

/**
 * Highest score first; equal scores by best rank in any pool, then by the order of the pools; entries without a score
 * below, in that same order.
 * @param scores one per entry, in the order of `collected.entries`
 * @throws SecondpassError `invalid-score` for a sum that is not finite
 */
export function arrange<C extends Candidate>(
  pools: readonly Pool<C>[],
  collected: Collected<C>,
  scores: readonly (number | undefined)[],
  options: FuseOptions<C> | undefined,
  by: string,
  notes: readonly Note[] = [],
): Fused<C> {
  for (const [index, score] of scores.entries()) checkSum(score, collected.entries[index]!, by);
  const ranked = collected.entries.map((entry, index) => ({ entry, score: scores[index], best: bestPlace(entry) }));
  ranked.sort(
    (a, b) => (b.score ?? -Infinity) - (a.score ?? -Infinity) || a.best.rank - b.best.rank || a.best.pool - b.best.pool,
  );
  return {
    candidates: ranked.slice(0, options?.topK).map(({ entry, score }) => fusedCandidate(pools, entry, score, by)),
    notes: [...collected.notes, ...notes],
  };
}

function checkSum(score: number | undefined, { origin }: Entry, by: string): void {
  if (score === undefined || Number.isFinite(score)) return;
  throw new SecondpassError(
    'invalid-score',
    `${by} came to ${score} for candidate "${origin.id}": scores or weights of its pools are too large to be added.`,
  );
}

/** An entry as a candidate of its own: the first-seen one's id, content, signals and vectors, and where it was seen. */
export function fusedCandidate<C extends Candidate>(
  pools: readonly Pool<C>[],
  { origin, places }: Entry<C>,
  value: number | undefined,
  by: string,
): FusedCandidate<C> {
  const score: Score | undefined = value === undefined ? undefined : { value, kind: 'fused', by };
  return {
    id: origin.id,
    content: origin.content,
    ...(score && { score }),
    ...(origin.signals && { signals: origin.signals }),
    ...(origin.vectors && { vectors: origin.vectors }),
    origin,
    sources: places.map(({ pool, rank, score: first }): Source => ({
      pool: pools[pool]!.name,
      rank,
      ...(first && { score: first }),
    })),
  };
}

/** The best rank an entry has in any pool; of equal ranks the first pool's. */
function bestPlace({ places }: Entry): Place {
  return places.reduce((best, place) => (place.rank < best.rank ? place : best));
}

/** A sum that does not depend on the order of its terms, so that reordering pools cannot change a score by a rounding. */
export function stableSum(terms: readonly number[]): number {
  return terms.toSorted((a, b) => a - b).reduce((sum, term) => sum + term, 0);
}
