import type { Pool } from '../fusion/pool.ts';
import type { Candidate, FusedCandidate } from '../types.ts';
import type { FoundFor } from './rerank-by-parts.ts';

/** Reads from provenance which fused candidates the pools of a part hold, wording by wording. */
export function foundFor<C extends Candidate>(
  candidates: readonly FusedCandidate<C>[],
  poolsOf: (part: number) => readonly Pool<C>[],
): FoundFor {
  return (part) =>
    poolsOf(part).map(({ name, question = '' }) => ({
      question,
      ids: new Set(candidates.flatMap(({ id, sources }) => (sources.some(({ pool }) => pool === name) ? [id] : []))),
    }));
}
