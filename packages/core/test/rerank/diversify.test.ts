import {
  byScore,
  type Candidate,
  cascade,
  cut,
  diversify,
  inputOrder,
  type Reranker,
  type Score,
  type ScoreKind,
  window,
} from '@secondpass/core';
import { scriptedScorer, testReranker } from '@secondpass/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const texts = ['a b c d', 'a b c e', 'x y z', 'x y', 'm n o p', ''];
const listOf = (picks: readonly number[]): Candidate[] =>
  picks.map((pick, i) => ({ id: `d${i}`, content: texts[pick]! }));
const ids = async (reranker: Reranker, list: readonly Candidate[], options = {}) =>
  (await reranker.rerank('q', list, options)).results.map(({ candidate }) => candidate.id);
const jaccard = (a: string, b: string): number => {
  const [x, y] = [new Set(a.split(' ').filter(Boolean)), new Set(b.split(' ').filter(Boolean))];
  const common = [...x].filter((word) => y.has(word)).length;
  return common === 0 ? 0 : common / new Set([...x, ...y]).size;
};

/** Maximal marginal relevance from its definition: every maximum is looked for again. */
function slowOrder(list: readonly Candidate[], relevance: readonly number[], lambda: number): string[] {
  const left = list.map((_, index) => index);
  const taken: number[] = [];
  const gain = (index: number): number => {
    const most = Math.max(...taken.map((other) => jaccard(String(list[index]!.content), String(list[other]!.content))));
    return lambda * relevance[index]! - (taken.length > 0 ? (1 - lambda) * most : 0);
  };
  while (left.length > 0) {
    const gains = left.map(gain);
    taken.push(...left.splice(gains.indexOf(Math.max(...gains)), 1));
  }
  return taken.map((index) => list[index]!.id);
}

test('takes what is most relevant and least like what is taken, as the slow way finds it', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(texts.length - 1), { minLength: 2, maxLength: 7 }),
      fc.constantFrom(0, 0.25, 0.5, 0.75, 1),
      async (picks, lambda) => {
        const list = listOf(picks);
        const relevance = list.map((_, index) => 1 - index / list.length);
        expect(await ids(diversify(inputOrder, { lambda }), list)).toEqual(slowOrder(list, relevance, lambda));
        const scores = Object.fromEntries(list.map(({ id }, index) => [id, 8 - index]));
        // Written as min-max computes it: another rounding would decide equal gains otherwise.
        const last = list.length - 1;
        const scaled = list.map((_, index) => (last - index) / last);
        const byScores = diversify(byScore(scriptedScorer(scores)), { lambda });
        expect(await ids(byScores, list)).toEqual(slowOrder(list, scaled, lambda));
      },
    ),
  ));

test('a near copy of the best moves below what is new', async () => {
  const list = listOf([0, 1, 2]);
  const scored = byScore(scriptedScorer({ d0: 3, d1: 2.9, d2: 2 }));
  expect(await ids(scored, list)).toEqual(['d0', 'd1', 'd2']);
  expect(await ids(diversify(scored, { lambda: 0.3 }), list)).toEqual(['d0', 'd2', 'd1']);
  expect(await ids(diversify(scored, { lambda: 1 }), list)).toEqual(['d0', 'd1', 'd2']);
});

const at = (id: string, ...data: number[]): Candidate => ({ id, content: 'same', vectors: { data: Float32Array.from(data), rows: 1, cols: 2 } }); // prettier-ignore

test('vectors decide where all bring one', async () => {
  const list = [at('a', 1, 0), at('b', 1, 0.1), at('c', 0, 1)];
  expect(await ids(diversify(inputOrder, { lambda: 0.5 }), list)).toEqual(['a', 'c', 'b']);
  const { vectors: _, ...without } = list[2]!;
  expect(await ids(diversify(inputOrder, { lambda: 0.5 }), [list[0]!, list[1]!, without])).toEqual(['a', 'b', 'c']);
});

test('vectors of another length, or of several rows, do not compare: words decide then', async () => {
  const list = listOf([0, 1, 2]);
  const brings = (...data: number[]) => ({ data: Float32Array.from(data), rows: 1, cols: data.length });
  const vectors = [brings(1, 0), brings(0, 1), brings(1, 0)];
  const by = (own: readonly Candidate['vectors'][]) =>
    ids(
      diversify(inputOrder, { lambda: 0.3 }),
      list.map((candidate, at) => ({ ...candidate, vectors: own[at] })),
    );
  expect(await by(vectors)).toEqual(['d0', 'd1', 'd2']);
  const byWords = ['d0', 'd2', 'd1'];
  expect(await by([...vectors.slice(0, 2), brings(1)])).toEqual(byWords);
  expect(await by(vectors.map((one) => ({ ...one, rows: 2, cols: 1 })))).toEqual(byWords);
});

test('scores move to earlier; what was unscored stays below; minScore speaks of the scores', async () => {
  const list = listOf([0, 1, 2, 4]);
  const reranker = diversify(byScore(scriptedScorer({ d0: 3, d1: 2, d2: 1 })), { lambda: 0.3 });
  const { results, notes } = await reranker.rerank('q', list);
  expect(results.map((r) => [r.candidate.id, r.placedBy, r.score, r.earlier?.[0]?.value])).toEqual([
    ['d0', 'diversify(scripted, 0.3)', undefined, 3],
    ['d2', 'diversify(scripted, 0.3)', undefined, 1],
    ['d1', 'diversify(scripted, 0.3)', undefined, 2],
    ['d3', undefined, undefined, undefined],
  ]);
  expect(notes).toMatchObject([{ code: 'unscored', ids: ['d3'] }]);
  expect(await ids(reranker, list, { minScore: { kind: 'logit', value: 1.5 } })).toEqual(['d0', 'd1', 'd3']);
});

test('what an order-only reranker left where it was stays below what it placed', async () => {
  const byId: Reranker = {
    name: 'by-id',
    async rerank(_query, candidates) {
      const results = candidates.map((candidate, originalIndex) => ({ candidate, originalIndex, placedBy: 'by-id' }));
      return { results, notes: [], runs: [] };
    },
  };
  const reranker = diversify(window(byId, 2), { lambda: 0.3 });
  const { results } = await reranker.rerank('q', listOf([0, 1, 2, 4]));
  const name = `diversify(window(by-id, 2), 0.3)`;
  expect(results.map(({ candidate, placedBy }) => [candidate.id, placedBy])).toEqual([
    ['d0', name],
    ['d1', name],
    ['d2', undefined],
    ['d3', undefined],
  ]);
  expect(await ids(reranker, listOf([0, 1, 2, 4]), { topK: 3 })).toEqual(['d0', 'd1', 'd2']);
  // Nobody placed anything: there is no head to be kept, and all can move.
  expect(await ids(diversify(window(inputOrder, 2), { lambda: 0.3 }), listOf([0, 1, 2]))).toEqual(['d0', 'd2', 'd1']);
});

test('scores of another giver or kind, and what was scored below an unscored head, stay below', async () => {
  const given = (...scores: (Score | undefined)[]): Reranker => ({
    name: 'given',
    async rerank(_query, candidates) {
      const results = candidates.map((candidate, originalIndex) => {
        const score = scores[originalIndex];
        return { candidate, originalIndex, ...(score && { placedBy: score.by, score }) };
      });
      return { results, notes: [], runs: [{ by: 'given', durationMs: 1 }] };
    },
  });
  const by = (name: string, kind: ScoreKind): Score => ({ value: 1, kind, by: name });
  const list = listOf([0, 1, 2]);
  const moved = ['d0', 'd2', 'd1'];
  const stayed = ['d0', 'd1', 'd2'];
  const of = (...scores: (Score | undefined)[]) => ids(diversify(given(...scores), { lambda: 0.3 }), list);
  expect(await of(by('a', 'logit'), by('a', 'logit'), by('a', 'logit'))).toEqual(moved);
  expect(await of(by('a', 'logit'), by('a', 'logit'), by('b', 'logit'))).toEqual(stayed);
  expect(await of(by('a', 'logit'), by('a', 'logit'), by('a', 'fused'))).toEqual(stayed);
  expect(await of(undefined, undefined, undefined)).toEqual(moved);
  expect(await of(undefined, undefined, { ...by('a', 'logit') })).toEqual(stayed);
  const half: Reranker = {
    name: 'half',
    async rerank(_query, candidates) {
      const results = candidates.map((candidate, originalIndex) => {
        const placed = { candidate, originalIndex, placedBy: 'a' };
        return originalIndex < 2 ? placed : { ...placed, score: by('a', 'logit') };
      });
      return { results, notes: [], runs: [] };
    },
  };
  expect(await ids(diversify(half, { lambda: 0.3 }), list)).toEqual(stayed);
  const { runs } = await diversify(given()).rerank('q', list);
  expect(runs).toEqual([{ by: 'given', durationMs: 1 }]);
});

test('earlier scores keep their order, the last one last; 0.7 is the default; an abort is heard', async () => {
  const scores = { d0: 2, d1: 1 };
  const twice = cascade(byScore(scriptedScorer(scores)), byScore({ ...scriptedScorer(scores), name: 'second' }));
  const { results } = await diversify(twice).rerank('q', listOf([0, 2]));
  expect(results[0]!.earlier?.map(({ by }) => by)).toEqual(['scripted', 'second']);
  expect(diversify(inputOrder).name).toBe('diversify(input-order, 0.7)');
  const controller = new AbortController();
  const aborting: Reranker = { name: 'a', rerank: (q, c) => (controller.abort('enough'), inputOrder.rerank(q, c)) };
  const call = diversify(aborting).rerank('q', listOf([0, 2]), { signal: controller.signal });
  await expect(call).rejects.toBe('enough');
});

test('a likeness of the caller is used, and checked; so are options', async () => {
  const opposite = diversify(inputOrder, { lambda: 0, likeness: (a, b) => (a.id === 'd0' && b.id === 'd1' ? 1 : 0) });
  expect(await ids(opposite, listOf([0, 0, 0]))).toEqual(['d0', 'd2', 'd1']);
  const broken = diversify(inputOrder, { likeness: () => Number.NaN });
  await expect(broken.rerank('q', listOf([0, 1]))).rejects.toMatchObject({ code: 'invalid-score' });
  for (const options of [{ lambda: 1.1 }, { lambda: Number.NaN }, { diversity: 0.3 }]) {
    expect(() => diversify(inputOrder, options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  }
});

describe('it keeps the laws', () => {
  const lengths = scriptedScorer(({ content }) => (content.length === 0 ? undefined : content.length % 4));
  testReranker('diversify(byScore)', diversify(byScore(lengths)), { test });
  testReranker('diversify(inputOrder)', diversify(inputOrder, { lambda: 0.2 }), { test });
  testReranker('diversify in a cascade', cascade(byScore(lengths), cut(5), diversify(inputOrder)), {
    test,
    drops: true,
  });
});
