import type { Pool } from '../../fusion/pool.ts';
import type { Candidate } from '../../types.ts';

/** The best of several pools for one question, each in turn, each candidate once. `identity` says which are one. */
export function topOf<C extends Candidate>(
  pools: readonly Pool<C>[],
  count: number,
  identity: (candidate: C) => string,
): C[] {
  const out = new Map<string, C>();
  for (let rank = 0; out.size < count && pools.some(({ candidates }) => rank < candidates.length); rank++) {
    for (const { candidates } of pools) {
      const candidate = candidates[rank];
      if (!candidate || out.size >= count) continue;
      const key = identity(candidate);
      if (!out.has(key)) out.set(key, candidate);
    }
  }
  return [...out.values()];
}
