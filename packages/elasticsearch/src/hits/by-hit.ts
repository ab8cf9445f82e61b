import type { Note, Ranked } from '@secondpass/core';
import type { HitCandidate } from './hit-candidate.ts';

/**
 * The order of hits that an order of their passages makes: a hit stands where its best passage stands. Hits of which
 * nothing came back stand below, in the first stage's order, with a note; what the reranker made up is left out.
 * @param candidates the passages, hit by hit
 * @param results what the reranker made of them
 */
export function byHit(
  candidates: readonly HitCandidate[],
  results: readonly Ranked<HitCandidate>[],
  by: string,
): { readonly ranked: Ranked<HitCandidate>[]; readonly notes: readonly Note[] } {
  const given = new Set(candidates);
  const ranked = new Map<number, Ranked<HitCandidate>>();
  for (const result of results) {
    const { candidate } = result;
    if (given.has(candidate) && !ranked.has(candidate.place)) {
      ranked.set(candidate.place, { ...result, originalIndex: candidate.place });
    }
  }
  const missing = candidates.filter(({ place }, at) => !ranked.has(place) && candidates[at - 1]?.place !== place);
  const below = missing.map((candidate) => ({ candidate, originalIndex: candidate.place }));
  const notes: Note[] = [];
  if (missing.length > 0) {
    const message = `${by} left out ${missing.length} hit(s); they stand below those it placed, in the search's order.`;
    notes.push({ code: 'unscored', by, message, ids: missing.map(({ id }) => id) });
  }
  return { ranked: [...ranked.values(), ...below], notes };
}
