import type { Candidate, Fusion, Note, Pool } from '@secondpass/core';
import type { Hit } from '../client/search-client.ts';
import type { HitDetail } from '../hits/hit-detail.ts';
import { omit } from '../omit.ts';
import { mergeHits } from './merge-hits.ts';

interface PoolHit extends Candidate {
  readonly hit: Hit;
}

export interface HitPool {
  readonly name: string;
  readonly hits: readonly Hit[];
  readonly weight?: number | undefined;
  readonly question?: string | undefined;
}

/** Hits of several searches as one list, best first, with what every search said of each. */
export interface FusedHits {
  readonly hits: readonly Hit[];
  readonly sources: readonly NonNullable<HitDetail['sources']>[];
  readonly notes: readonly Note[];
}

/**
 * Fuses by `_index`, `_id` and routing. A hit is a new object: what the first search that found it says (`_source` and
 * others), what only later ones say added (`mergeHits`), `_score` the fused score.
 */
export function fuseHits(pools: readonly HitPool[], fusion: Fusion): FusedHits {
  const seen = new Map<string, Hit>();
  const named = pools.map(({ name, hits, weight, question }): Pool<PoolHit> => {
    const candidates = hits.map((hit): PoolHit => {
      const id = keyOf(hit);
      // `sort` belongs to the order of one search alone.
      seen.set(id, mergeHits(seen.get(id) ?? {}, omit(hit, '_score', 'sort')));
      const value = hit._score;
      const scored = typeof value === 'number' && Number.isFinite(value);
      // No fusion of ranks or scores reads the text; that of the id tells candidates apart in messages.
      return { id, content: id, ...(scored && { score: { value, kind: 'retrieval', by: name } }), hit };
    });
    return { name, candidates, ...(weight !== undefined && { weight }), ...(question !== undefined && { question }) };
  });
  const { candidates, notes } = fusion.fuse(named);
  return {
    hits: candidates.map(({ id, score }) => ({ ...seen.get(id), _score: score?.value ?? null })),
    sources: candidates.map(({ sources }) =>
      sources.map(({ pool, rank, score }) => ({ search: pool, rank, score: score?.value ?? null })),
    ),
    notes,
  };
}

/** The identity of a hit: an `_id` is unique only within its index and routing. */
export function keyOf({ _index = '', _id = '', _routing = '' }: Hit): string {
  return `${_index}/${_id}${_routing && `?routing=${_routing}`}`;
}
