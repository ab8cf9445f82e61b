import { mean } from '../mean.ts';
import { RBO } from '../measures/rbo.ts';
import type { RankedRun } from '../run.ts';
import { applySetting } from './apply-setting.ts';
import { latencyOf, type Latency } from './latency.ts';
import { millisecondsTo, type ScoredPairs } from './scored-pairs.ts';

/** How much of the final top a shallower depth already gives, for one system. */
export interface DepthAgreement {
  readonly system: string;
  readonly depth: number;
  /** Mean share of the top `k` at full depth that is in the top `k` at this depth. */
  readonly overlap: number;
  /** Mean rank-biased overlap of the two tops, which looks at their order too. */
  readonly rbo: number;
  readonly latency: Latency;
}

/**
 * Without judgments there is no quality, only this: as depth grows the top settles, and beyond a depth more milliseconds
 * change it no more. It says at which depth a reranker has made up its mind, not that its mind is right.
 */
export function depthAgreement(given: {
  readonly first: RankedRun;
  readonly pairs: ScoredPairs;
  readonly queries: readonly string[];
  readonly depths: readonly number[];
  /** How much of the top is compared. Default 10. */
  readonly top?: number | undefined;
}): DepthAgreement[] {
  const { first, pairs, queries, depths, top = 10 } = given;
  const deepest = depths.at(-1)!;
  const measure = RBO({ at: top });
  return [...pairs].flatMap(([system, rows]) =>
    depths.map((depth) => {
      const both = queries.map((query) => {
        const hits = first.lists.get(query) ?? [];
        const scores = rows.get(query)?.scores ?? [];
        const at = (to: number): string[] => applySetting(hits, scores, { system, depth: to, blend: 0 }).slice(0, top);
        return [at(depth), at(deepest)] as const;
      });
      return {
        system,
        depth,
        overlap: mean(
          both.map(([here, full]) =>
            full.length === 0 ? 1 : full.filter((id) => here.includes(id)).length / full.length,
          ),
        ),
        rbo: mean(both.map(([here, full]) => measure.agree(here, full) ?? 1)),
        latency: latencyOf(
          queries.map((query) => (rows.has(query) ? millisecondsTo(depth, rows.get(query)!, depths) : 0)),
        ),
      };
    }),
  );
}
