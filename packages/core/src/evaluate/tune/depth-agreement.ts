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
  /**
   * How many hits of each list are compared: ten, or half of the deepest depth where that is less; of a list that is
   * shorter, half of it. The whole of what is reranked would be the same hits at any depth.
   */
  readonly top: number;
  /** Mean share of the top at full depth that is in the top at this depth. */
  readonly overlap: number;
  /** Mean rank-biased overlap of the two tops, which looks at their order too. */
  readonly rbo: number;
  readonly latency: Latency;
}

const agreement = RBO();

/** How much of a list is compared, of which so many hits are reranked. */
function topOf(reranked: number): number {
  return Math.max(1, Math.min(10, Math.floor(reranked / 2)));
}

/**
 * Without judgments there is no quality, only this: as depth grows the top settles, and beyond a depth more
 * milliseconds change it no more. It says at which depth a reranker has made up its mind, not that its mind is right.
 */
export function depthAgreement(given: {
  readonly first: RankedRun;
  readonly pairs: ScoredPairs;
  readonly queries: readonly string[];
  readonly depths: readonly number[];
}): DepthAgreement[] {
  const { first, pairs, queries, depths } = given;
  const deepest = depths.at(-1)!;
  return [...pairs].flatMap(([system, rows]) =>
    depths.map((depth) => {
      const both = queries.map((query) => {
        const hits = first.lists.get(query) ?? [];
        const scores = rows.get(query)?.scores ?? [];
        const top = topOf(Math.min(deepest, hits.length));
        const at = (to: number): string[] => applySetting(hits, scores, { system, depth: to, blend: 0 }).slice(0, top);
        return [at(depth), at(deepest)] as const;
      });
      return {
        system,
        depth,
        top: topOf(deepest),
        overlap: mean(
          both.map(([here, full]) =>
            full.length === 0 ? 1 : full.filter((id) => here.includes(id)).length / full.length,
          ),
        ),
        rbo: mean(both.map(([here, full]) => agreement.agree(here, full) ?? 1)),
        latency: latencyOf(
          queries.map((query) => (rows.has(query) ? millisecondsTo(depth, rows.get(query)!, depths) : 0)),
        ),
      };
    }),
  );
}

/** Share of the final top that counts as all of it. */
export const settledShare: number = 0.95;

/**
 * The shallowest depth that gives nearly all of the final top, of the first system: without judgments none is better.
 * @param budgetMs 95th percentile of a query's reranking time at most; `undefined` comes of it where no depth is within
 */
export function settledDepth(
  agreement: readonly DepthAgreement[],
  budgetMs: number = Infinity,
): DepthAgreement | undefined {
  const within = agreement.filter(({ latency }) => latency.p95 <= budgetMs);
  return within.find(({ overlap }) => overlap >= settledShare) ?? within.at(-1);
}
