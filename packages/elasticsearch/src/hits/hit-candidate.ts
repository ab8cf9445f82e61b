import type { Candidate, Score } from '@secondpass/core';
import type { Hit } from '../client/search-client.ts';

/**
 * A hit on its way through a reranker. Its id is its place in the list, so that equal ids of different indices stay
 * two.
 */
export interface HitCandidate extends Candidate {
  readonly signals?: Readonly<Record<string, number>>;
  readonly hit: Hit;
  /** 0-based place in the list of hits. */
  readonly place: number;
}

/** What `_score` of the hits means, and who gave it. */
export type FirstStage = Pick<Score, 'kind' | 'by'>;

/** Hits of one search. Rerankers may weigh its scores; those of a fusion are of another kind, on another scale. */
export const oneSearch: FirstStage = { kind: 'retrieval', by: 'elasticsearch' };

/** What the first stage scored a hit with, as the core says it. */
export function toCandidate(
  hit: Hit,
  place: number,
  content: string,
  id: string,
  signals: Readonly<Record<string, number>> | undefined,
  firstStage: FirstStage,
): HitCandidate {
  const value = hit._score;
  const scored = typeof value === 'number' && Number.isFinite(value);
  return {
    id,
    content,
    ...(scored && { score: { value, ...firstStage } }),
    ...(signals && { signals }),
    hit,
    place,
  };
}
