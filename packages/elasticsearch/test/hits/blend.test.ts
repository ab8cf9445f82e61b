import { byScore, cascade, cut, reciprocalRank, weightedScores } from '@secondpass/core';
import type { Reranker, Scorer } from '@secondpass/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rerankHits, type Blend } from '../../src/index.ts';

interface Row {
  readonly first: number | null;
  readonly second: number;
  readonly clicks?: number;
}

const bySecond: Scorer = {
  name: 'second',
  kind: 'logit',
  pointwise: true,
  score: async (_query, candidates) => ({ value: { scores: candidates.map(({ content }) => Number(content)) } }),
};
const reranker = byScore(bySecond);

async function blended(
  rows: readonly Row[],
  blend: Blend,
  by: Reranker = reranker,
): Promise<{ at: number; score: number | null }[]> {
  const hits = rows.map((row, at) => ({ _id: `${at}`, _score: row.first, _source: row }));
  const { hits: out } = await rerankHits(hits, 'q', {
    reranker: by,
    text: 'second',
    signals: { clicks: 'clicks' },
    blend,
  });
  return out.map(({ _id, _score }) => ({ at: Number(_id), score: _score }));
}

const rows = fc.array(fc.record({ first: fc.integer({ min: 0, max: 20 }), second: fc.integer({ min: -8, max: 8 }) }), {
  minLength: 1,
  maxLength: 12,
});
/** As a search gives them: best first. */
const sorted = rows.map((list) => list.toSorted((a, b) => b.first - a.first));

function scaled(values: readonly number[]): number[] {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => (max > min ? (value - min) / (max - min) : 1));
}

describe('a blend', () => {
  it.each(['total', 'multiply', 'avg', 'max', 'min'] as const)(
    "of weights is Elasticsearch's rescore with score_mode %s",
    async (scoreMode) => {
      await fc.assert(
        fc.asyncProperty(sorted, async (rows) => {
          const out = await blended(rows, { queryWeight: 0.7, rescoreQueryWeight: 1.2, scoreMode });
          for (const { at, score } of out) {
            const [a, b] = [0.7 * rows[at]!.first, 1.2 * rows[at]!.second];
            const expected = {
              total: a + b,
              multiply: a * b,
              avg: (a + b) / 2,
              max: Math.max(a, b),
              min: Math.min(a, b),
            }[scoreMode];
            expect(score).toBeCloseTo(expected, 12);
          }
          const scores = out.map(({ score }) => score!);
          expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        }),
      );
    },
  );

  it('of a fusion is by default the weighted mean of min-max scores', async () => {
    await fc.assert(
      fc.asyncProperty(sorted, async (rows) => {
        const first = scaled(rows.map((row) => row.first));
        const second = scaled(rows.map((row) => row.second));
        const out = await blended(rows, { weights: { firstStage: 2 } });
        for (const { at, score } of out) expect(score).toBeCloseTo((2 * first[at]! + second[at]!) / 3, 9);
      }),
    );
  });

  it('by reciprocal ranks adds 1 / (k + rank) of both orders', async () => {
    const rows = [
      { first: 9, second: 1 },
      { first: 8, second: 3 },
      { first: 7, second: 2 },
    ];
    const out = await blended(rows, { fusion: reciprocalRank({ k: 1 }) });
    expect(out.map(({ at }) => at)).toEqual([1, 0, 2]);
    for (const [place, expected] of [1 / 2 + 1 / 3, 1 / 4 + 1 / 2, 1 / 3 + 1 / 4].entries()) {
      expect(out[place]!.score).toBeCloseTo(expected, 12);
    }
  });

  it('leaves a signal out whose weight is undefined', async () => {
    const rows = [
      { first: 2, second: 2, clicks: 0 },
      { first: 1, second: 1, clicks: 9 },
    ];
    const out = await blended(rows, { weights: { clicks: undefined as never } });
    expect(out).toEqual(await blended(rows, {}));
  });

  it('of what is no fusion is refused, and not taken for a reranker that fails', async () => {
    const call = blended([{ first: 1, second: 1 }], { fusion: reciprocalRank as never });
    await expect(call).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(call).rejects.toThrow('blend.fusion takes a fusion, which has fuse(); got a function: call it.');
  });

  it('lets a hit without a signal be judged by what is known of it', async () => {
    const rows: Row[] = [
      { first: 3, second: 0, clicks: 0 },
      { first: 2, second: 10 },
      { first: 1, second: 5, clicks: 100 },
    ];
    const out = await blended(rows, { weights: { firstStage: 0, clicks: 1 } });
    expect(out.map(({ at }) => at)).toEqual([1, 2, 0]);
    expect(out[0]!.score).toBeCloseTo((1 * 2) / 2, 0);
    const custom = await blended(
      rows,
      ({ reranker, firstStage, signals }) => signals['clicks'] ?? (reranker! > firstStage! ? 50 : 0),
    );
    expect(custom.map(({ at }) => at)).toEqual([2, 1, 0]);
    const partly = await blended(rows, ({ signals }) => signals['clicks']);
    expect(partly).toEqual([
      { at: 2, score: 100 },
      { at: 0, score: 0 },
      { at: 1, score: null },
    ]);
  });

  it('cannot be had in rescore form without both scores: such hits stand below, without a score', async () => {
    const out = await blended(
      [
        { first: null, second: 4 },
        { first: 1, second: 1 },
      ],
      { queryWeight: 1 },
    );
    expect(out).toEqual([
      { at: 1, score: 2 },
      { at: 0, score: null },
    ]);
  });

  it('takes an order without scores by its ranks', async () => {
    const orderOnly: Reranker = {
      name: 'order-only',
      async rerank(query, candidates, options) {
        const ranking = await reranker.rerank(query, candidates, options);
        return {
          ...ranking,
          results: ranking.results.map(({ candidate, originalIndex }) => ({
            candidate,
            originalIndex,
            placedBy: 'order-only',
          })),
        };
      },
    };
    const rows = [
      { first: 2, second: 1 },
      { first: 1, second: 2 },
      { first: 0, second: 3 },
    ];
    const out = await blended(rows, { weights: { firstStage: 0 } }, orderOnly);
    expect(out.map(({ at }) => at)).toEqual([2, 1, 0]);
  });

  it('keeps what the reranker did not place below, as it stood', async () => {
    const hits = ['1', '9', '5', '7'].map((text, at) => ({ _id: `${at}`, _score: 4 - at, _source: { text } }));
    const options = { reranker: cascade(reranker, cut(2)), text: 'text', onFailure: 'throw' } as const;
    const { hits: out } = await rerankHits(hits, 'q', { ...options, blend: { weights: { firstStage: 0 } } });
    expect(out.map(({ _id, _score }) => [_id, _score !== null])).toEqual([
      ['1', true],
      ['3', true],
      ['0', false],
      ['2', false],
    ]);
  });

  it('keeps the scores from which it came', async () => {
    const hits = [{ _id: 'a', _score: 2, _source: { text: '3' } }];
    const { hits: out } = await rerankHits(hits, 'q', { reranker, text: 'text', blend: { fusion: weightedScores() } });
    expect(out[0]!._secondpass).toMatchObject({
      score: { kind: 'fused' },
      earlier: [{ value: 3, kind: 'logit', by: 'second' }],
      firstStage: { score: 2 },
    });
  });
});
