import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  borda,
  combMnz,
  combSum,
  coverQuestions,
  interleave,
  inverseSquareRank,
  reciprocalRank,
  weightedScores,
  type Fusion,
} from '@secondpass/core';
import { anyPools, distinct, frozen, ids, pool, universe } from './pools.ts';

const everyFusion: readonly Fusion[] = [
  reciprocalRank(),
  reciprocalRank({ k: 0 }),
  inverseSquareRank(),
  borda(),
  borda({ missing: 'zero' }),
  combSum(),
  combSum({ normalise: 'z-score' }),
  combSum({ normalise: 'none', missing: 'zero' }),
  combSum({ missing: 'ignore' }),
  combMnz(),
  combMnz({ normalise: 'rank' }),
  weightedScores(),
  weightedScores({ normalise: 'l2', missing: 'ignore' }),
  interleave(),
  coverQuestions(),
  coverQuestions({ within: combSum() }),
];
/** Those whose scores come from the pools; interleaving scores say the place and nothing more. */
const summing = everyFusion.filter(({ name }) => !/^(interleave|cover)/.test(name));

describe.each(everyFusion.map((fusion) => [fusion.name, fusion] as const))('%s', (_name, fusion) => {
  it('returns every distinct candidate once and changes nothing it was given', () => {
    fc.assert(
      fc.property(anyPools, (pools) => {
        expect(ids(fusion, frozen(pools)).toSorted()).toEqual(universe(pools).toSorted());
      }),
    );
  });

  it('says where each candidate was seen, and keeps the first one seen', () => {
    fc.assert(
      fc.property(anyPools, (pools) => {
        for (const fused of fusion.fuse(pools).candidates) {
          const expected = pools.flatMap((from) => {
            const at = distinct(from).findIndex(({ id }) => id === fused.id);
            return at < 0 ? [] : [{ pool: from.name, rank: at + 1, value: distinct(from)[at]!.score }];
          });
          expect(fused.sources.map((s) => ({ pool: s.pool, rank: s.rank, value: s.score?.value }))).toEqual(expected);
          const first = pools.flatMap(({ candidates }) => candidates).find(({ id }) => id === fused.id);
          expect(fused.origin).toBe(first);
          expect(fused.content).toBe(first!.content);
        }
      }),
    );
  });

  it('never lets fused scores rise, and names itself in them', () => {
    fc.assert(
      fc.property(anyPools, (pools) => {
        const { candidates } = fusion.fuse(pools);
        const values = candidates.map(({ score }) => score!.value);
        expect(values).toEqual(values.toSorted((a, b) => b - a));
        for (const { score } of candidates) expect(score).toMatchObject({ kind: 'fused', by: fusion.name });
      }),
    );
  });

  it('keeps a prefix with topK', () => {
    fc.assert(
      fc.property(anyPools, fc.nat(14), (pools, topK) => {
        expect(fusion.fuse(pools, { topK }).candidates).toEqual(fusion.fuse(pools).candidates.slice(0, topK));
      }),
    );
  });

  it('does not see duplicates within a pool', () => {
    fc.assert(
      fc.property(anyPools, (pools) => {
        const single = pools.map((from) => ({
          ...from,
          candidates: from.candidates.filter((c, at) => from.candidates.findIndex(({ id }) => id === c.id) === at),
        }));
        expect(fusion.fuse(pools).candidates).toEqual(fusion.fuse(single).candidates);
      }),
    );
  });

  it('gives the one pool back in its own order', () => {
    fc.assert(
      fc.property(
        anyPools.filter((pools) => pools.length > 0 && pools[0]!.weight !== 0),
        ([only]) => {
          expect(ids(fusion, [only!])).toEqual(distinct(only!).map(({ id }) => id));
        },
      ),
    );
  });

  it('ignores empty pools, and gives [] for [] and for nothing but empty pools', () => {
    fc.assert(
      fc.property(anyPools, (pools) => {
        const more = [...pools, pool('nothing', [], { question: 'first?' })];
        expect(fusion.fuse(more).candidates).toEqual(fusion.fuse(pools).candidates);
      }),
    );
    expect(fusion.fuse([])).toEqual({ candidates: [], notes: [] });
    expect(fusion.fuse([pool('nothing', []), pool('more of it', [])])).toEqual({ candidates: [], notes: [] });
  });
});

describe.each(summing.map((fusion) => [fusion.name, fusion] as const))('%s', (_name, fusion) => {
  it('gives the same scores, to the last bit, whatever the order of the pools', () => {
    const permuted = anyPools.chain((pools) =>
      fc.tuple(fc.constant(pools), fc.shuffledSubarray(pools, { minLength: pools.length })),
    );
    fc.assert(
      fc.property(permuted, ([pools, others]) => {
        const scores = (list: typeof pools): Record<string, number> =>
          Object.fromEntries(fusion.fuse(list).candidates.map(({ id, score }) => [id, score!.value]));
        expect(scores(others)).toEqual(scores(pools));
      }),
    );
  });

  it('breaks ties by best rank, then by the order of the pools', () => {
    fc.assert(
      fc.property(anyPools, (pools) => {
        const { candidates } = fusion.fuse(pools);
        const best = (sources: (typeof candidates)[number]['sources']): readonly [number, number] => {
          const rank = Math.min(...sources.map((source) => source.rank));
          return [rank, pools.findIndex(({ name }) => sources.some((s) => s.rank === rank && s.pool === name))];
        };
        for (let at = 1; at < candidates.length; at++) {
          const [above, below] = [candidates[at - 1]!, candidates[at]!];
          if (above.score!.value !== below.score!.value) continue;
          const [[rankA, poolA], [rankB, poolB]] = [best(above.sources), best(below.sources)];
          expect(rankA < rankB || (rankA === rankB && poolA < poolB)).toBe(true);
        }
      }),
    );
  });
});
