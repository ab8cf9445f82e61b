import type { Pool } from '../../fusion/pool.ts';
import type { Candidate } from '../../types.ts';

/** The best of several pools for one question, each in turn, each candidate once. */
export function topOf<C extends Candidate>(pools: readonly Pool<C>[], count: number): C[] {
  const out = new Map<string, C>();
  for (let rank = 0; out.size < count && pools.some(({ candidates }) => rank < candidates.length); rank++) {
    for (const { candidates } of pools) {
      const candidate = candidates[rank];
      if (candidate && out.size < count && !out.has(candidate.id)) out.set(candidate.id, candidate);
    }
  }
  return [...out.values()];
}
