import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  borda,
  combMnz,
  combSum,
  inverseSquareRank,
  reciprocalRank,
  weightedScores,
  type Fusion,
  type Pool,
} from '@secondpass/core';
import { anyPools, distinct, scoresById, universe, type Doc } from './pools.ts';

// Each oracle is the published formula, written out for one candidate at a time with nothing shared and nothing clever.
type Oracle = (id: string, pools: readonly Pool<Doc>[]) => number;

const weightOf = ({ weight }: Pool<Doc>): number => weight ?? 1;
const rankOf = (id: string, from: Pool<Doc>): number => distinct(from).findIndex((c) => c.id === id) + 1;
const scoreOf = (id: string, from: Pool<Doc>): number | undefined => distinct(from).find((c) => c.id === id)?.score;
const scoresOf = (from: Pool<Doc>): number[] => distinct(from).map(({ score }) => score!);
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const holding = (id: string, pools: readonly Pool<Doc>[]): Pool<Doc>[] => pools.filter((from) => rankOf(id, from) > 0);

const minMax = (id: string, from: Pool<Doc>): number => {
  const scores = scoresOf(from);
  const [min, max] = [Math.min(...scores), Math.max(...scores)];
  if (scoreOf(id, from) === undefined) return 0;
  return max === min ? 1 : (scoreOf(id, from)! - min) / (max - min);
};
const zScore = (id: string, from: Pool<Doc>): number => {
  const scores = scoresOf(from);
  const mean = sum(scores) / scores.length;
  const deviation = Math.sqrt(sum(scores.map((s) => (s - mean) ** 2)) / scores.length);
  const score = scoreOf(id, from);
  if (deviation === 0) return score === undefined ? -1 : 0;
  return ((score ?? Math.min(...scores)) - mean) / deviation;
};
const l2 = (id: string, from: Pool<Doc>): number => {
  const length = Math.sqrt(sum(scoresOf(from).map((s) => s * s)));
  if (length === 0) return 0;
  return (scoreOf(id, from) ?? Math.min(0, ...scoresOf(from))) / length;
};
const byPlace = (id: string, from: Pool<Doc>): number => {
  const rank = rankOf(id, from);
  return rank === 0 ? 0 : 1 - (rank - 1) / distinct(from).length;
};
const combined =
  (scale: (id: string, from: Pool<Doc>) => number): Oracle =>
  (id, pools) =>
    sum(pools.filter((from) => from.candidates.length > 0).map((from) => weightOf(from) * scale(id, from)));

const oracles: readonly (readonly [Fusion, Oracle])[] = [
  ...[0, 1, 60].map(
    (k) =>
      [
        reciprocalRank({ k }),
        (id: string, pools: readonly Pool<Doc>[]) =>
          sum(holding(id, pools).map((from) => weightOf(from) / (k + rankOf(id, from)))),
      ] as const,
  ),
  [
    inverseSquareRank(),
    (id, pools) => {
      const counted = holding(id, pools).filter((from) => weightOf(from) > 0);
      return counted.length * sum(counted.map((from) => weightOf(from) / rankOf(id, from) ** 2));
    },
  ],
  [
    borda(),
    (id, pools) => {
      const n = universe(pools).length;
      return sum(
        pools.map((from) => {
          const size = distinct(from).length;
          if (size === 0) return 0;
          if (rankOf(id, from) > 0) return weightOf(from) * (n - rankOf(id, from) + 1);
          // What is left of n + (n − 1) + … + 1, in equal shares.
          const left = sum(Array.from({ length: n - size }, (_, index) => index + 1));
          return (weightOf(from) * left) / (n - size);
        }),
      );
    },
  ],
  [
    borda({ missing: 'zero' }),
    (id, pools) => {
      const n = universe(pools).length;
      return sum(holding(id, pools).map((from) => weightOf(from) * (n - rankOf(id, from) + 1)));
    },
  ],
  [combSum(), combined(minMax)],
  [combSum({ normalise: 'z-score' }), combined(zScore)],
  [combSum({ normalise: 'l2' }), combined(l2)],
  [combSum({ normalise: 'rank' }), combined(byPlace)],
  [combSum({ normalise: 'none' }), combined((id, from) => scoreOf(id, from) ?? Math.min(0, ...scoresOf(from)))],
  [
    combSum({ normalise: 'none', missing: 'zero' }),
    (id, pools) => sum(holding(id, pools).map((from) => weightOf(from) * scoreOf(id, from)!)),
  ],
  [
    combMnz(),
    (id, pools) => {
      const counted = holding(id, pools).filter((from) => weightOf(from) > 0);
      return counted.length * combined(minMax)(id, pools);
    },
  ],
  [
    weightedScores(),
    (id, pools) => {
      const total = sum(pools.filter(({ candidates }) => candidates.length > 0).map(weightOf));
      return total === 0 ? 0 : combined(minMax)(id, pools) / total;
    },
  ],
  [
    weightedScores({ normalise: 'z-score', missing: 'ignore' }),
    (id, pools) => {
      const those = holding(id, pools);
      const total = sum(those.map(weightOf));
      return total === 0 ? 0 : sum(those.map((from) => weightOf(from) * zScore(id, from))) / total;
    },
  ],
  [
    combSum({ normalise: 'rank', missing: 'ignore' }),
    (id, pools) => {
      const those = holding(id, pools);
      const total = sum(those.map(weightOf));
      const all = sum(pools.filter(({ candidates }) => candidates.length > 0).map(weightOf));
      return total === 0 ? 0 : (sum(those.map((from) => weightOf(from) * byPlace(id, from))) / total) * all;
    },
  ],
];

describe('every score is that of the formula', () => {
  it.each(oracles.map(([fusion, oracle], index) => [`${index} ${fusion.name}`, fusion, oracle] as const))(
    '%s',
    (_name, fusion, oracle) => {
      fc.assert(
        fc.property(anyPools, (pools) => {
          for (const [id, score] of scoresById(fusion, pools)) expect(score).toBeCloseTo(oracle(id, pools), 9);
        }),
        { numRuns: 200 },
      );
    },
  );
});
