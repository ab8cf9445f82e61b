import {
  type Candidate,
  type Ranking,
  type Reranker,
  type Scorer,
  byScore,
  cascade,
  cut,
  inputOrder,
  lexical,
  window,
  withFallback,
} from '@secondpass/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const listOf = (n: number): Candidate[] => Array.from({ length: n }, (_, i) => ({ id: `d${i}`, content: `text ${i}` }));

/** Scores by a fixed table over ids, so that a stage says the same wherever it runs; `undefined` is left unscored. */
const table = (name: string, scores: readonly (number | undefined)[]): Scorer => ({
  name,
  kind: 'logit',
  pointwise: true,
  score: async (_query, candidates) => ({
    value: { scores: candidates.map(({ id }) => scores[Number(id.slice(1)) % scores.length]) },
  }),
});
const scores = fc.array(fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }), { minLength: 1, maxLength: 8 });
const leaf = fc
  .tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), scores)
  .map(([name, s]) => byScore(table(name, s)));
const stage: fc.Arbitrary<Reranker> = fc.oneof(
  leaf,
  fc.nat(8).map((k) => cut(k)),
  fc.tuple(leaf, fc.integer({ min: 1, max: 8 })).map(([inner, size]) => window(inner, size)),
  fc.constant(inputOrder),
);
const plain = ({ results, notes }: Ranking) => ({
  results,
  notes: notes.map(({ code, by, ids }) => ({ code, by, ids })),
});
const run = async (reranker: Reranker, n: number) => plain(await reranker.rerank('q', listOf(n)));

test('cascade is associative', () =>
  fc.assert(
    fc.asyncProperty(stage, stage, stage, fc.nat(8), async (a, b, c, n) => {
      const flat = await run(cascade(a, b, c), n);
      expect(await run(cascade(cascade(a, b), c), n)).toEqual(flat);
      expect(await run(cascade(a, cascade(b, c)), n)).toEqual(flat);
      expect(cascade(cascade(a, b), c).name).toBe(cascade(a, cascade(b, c)).name);
    }),
  ));

test('inputOrder is the unit of cascade, and the empty cascade is inputOrder', () =>
  fc.assert(
    fc.asyncProperty(stage, fc.nat(8), async (a, n) => {
      const alone = await run(a, n);
      expect(await run(cascade(a), n)).toEqual(alone);
      expect(await run(cascade(inputOrder, a), n)).toEqual(alone);
      expect(await run(cascade(a, inputOrder), n)).toEqual(alone);
      expect(await run(cascade(), n)).toEqual(await run(inputOrder, n));
    }),
  ));

test('originalIndex counts in the list given to the cascade, through every cut', () =>
  fc.assert(
    fc.asyncProperty(fc.array(stage, { maxLength: 4 }), fc.nat(8), async (stages, n) => {
      const list = listOf(n);
      const { results } = await cascade(...stages).rerank('q', list);
      for (const { candidate, originalIndex } of results) expect(list[originalIndex]).toBe(candidate);
      expect(new Set(results.map((r) => r.originalIndex)).size).toBe(results.length);
    }),
  ));

test('the stage that placed an item gives its score; older scores move to earlier, oldest first', async () => {
  const three = cascade(byScore(table('x', [1, 2, 3])), byScore(table('y', [5, 4, undefined])), window(byScore(table('z', [7, 8, 9])), 1)); // prettier-ignore
  const { results } = await three.rerank('q', listOf(3));
  const said = results.map((r) => [
    r.candidate.id,
    r.placedBy,
    r.score?.value,
    r.earlier?.map((s) => `${s.by}${s.value}`),
  ]);
  expect(said).toEqual([
    ['d0', 'z', 7, ['x1', 'y5']],
    ['d1', 'y', 4, ['x2']],
    ['d2', 'x', 3, undefined],
  ]);
});

test('topK and minScore apply once, at the end', async () => {
  const wide = cascade(byScore(table('x', [9, 8, 7, 6])), byScore(table('y', [1, 2, 3, 4])));
  const { results } = await wide.rerank('q', listOf(4), { topK: 2, minScore: { kind: 'logit', value: 3 } });
  expect(results.map(({ candidate }) => candidate.id)).toEqual(['d3', 'd2']);
});

test('an abort between two stages stops before the next one', async () => {
  const controller = new AbortController();
  let reached = false;
  const aborting: Reranker = { name: 'a', rerank: async (q, c) => (controller.abort('stop'), inputOrder.rerank(q, c)) };
  const later: Reranker = { name: 'b', rerank: async (q, c) => ((reached = true), inputOrder.rerank(q, c)) };
  const call = cascade(aborting, later).rerank('q', listOf(2), { signal: controller.signal });
  await expect(call).rejects.toBe('stop');
  expect(reached).toBe(false);
});

test('the runs of all stages are told, in their order', async () => {
  const stages = ['x', 'y'].map((name) => byScore(table(name, [1, 2])));
  const { runs } = await cascade(stages[0]!, cut(1), stages[1]!).rerank('q', listOf(2));
  expect(runs.map(({ by }) => by)).toEqual(['x', 'y']);
});

test('a stage that returns what it was not given is named', async () => {
  const inventing: Reranker = {
    name: 'inventing',
    rerank: async (_q, candidates) => ({
      results: [{ candidate: candidates[0]!, originalIndex: 7 }],
      notes: [],
      runs: [],
    }),
  };
  const call = cascade(inputOrder, inventing).rerank('q', listOf(2));
  await expect(call).rejects.toThrow(/inventing.*index 7.*2 candidate/);
});

test('window reranks the head and leaves the tail untouched; cut drops it', async () => {
  const reversed = byScore(table('r', [0, 1, 2, 3, 4]));
  const { results } = await window(reversed, 3).rerank('q', listOf(5));
  expect(results.map((r) => [r.candidate.id, r.placedBy])).toEqual([
    ['d2', 'r'],
    ['d1', 'r'],
    ['d0', 'r'],
    ['d3', undefined],
    ['d4', undefined],
  ]);
  expect((await cut(2).rerank('q', listOf(5))).results.map((r) => r.candidate.id)).toEqual(['d0', 'd1']);
  expect((await cut(0).rerank('q', listOf(5))).results).toEqual([]);
});

test('cut and window take topK, and window a threshold, for all that they return', async () => {
  const head = window(byScore(table('r', [undefined, -1, 2])), 3);
  expect((await cut(3).rerank('q', listOf(5), { topK: 2 })).results).toHaveLength(2);
  const first = await head.rerank('q', listOf(5), { topK: 4 });
  expect(first.results.map((r) => r.candidate.id)).toEqual(['d2', 'd1', 'd0', 'd3']);
  const { results, notes } = await head.rerank('q', listOf(4), { minScore: { kind: 'logit', value: 0 } });
  expect(results.map((r) => r.candidate.id)).toEqual(['d2', 'd0', 'd3']);
  expect(notes).toMatchObject([
    { code: 'unscored', by: 'r', ids: ['d0'] },
    { code: 'unscored', by: 'window(r, 3)', ids: ['d0', 'd3'] },
  ]);
  await expect(head.rerank('q', listOf(4), { topk: 2 } as never)).rejects.toThrow(/window.*"topK"/);
});

test('sizes are checked when the thing is made', () => {
  for (const k of [-1, 1.5, Number.NaN, undefined as never, '3' as never]) {
    expect(() => cut(k)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    expect(() => window(inputOrder, k)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  }
  expect(() => window(inputOrder, 0)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});

describe('a threshold for the last stage', () => {
  const first = byScore(lexical());
  const minScore = { kind: 'probability', value: 0.6 } as const;
  const run = (last: Reranker) => cascade(first, last).rerank('text', listOf(3), { minScore });

  test('drops what it scored below', async () => {
    const { results, notes } = await run(byScore(table('remote', [3, -3, 2])));
    expect(results.map(({ candidate }) => candidate.id)).toEqual(['d0', 'd2']);
    expect(notes).toEqual([]);
  });

  test('keeps what it could not score, with a note', async () => {
    const { results, notes } = await run(byScore(table('remote', [3, -3, undefined])));
    expect(results.map(({ candidate }) => candidate.id)).toEqual(['d0', 'd2']);
    expect(notes).toMatchObject([
      { code: 'unscored', by: 'remote', ids: ['d2'] },
      { code: 'unscored', by: 'lexical > remote', ids: ['d2'], message: expect.stringContaining('no probability') },
    ]);
  });

  test('keeps all if it failed, with a note', async () => {
    const score = () => Promise.reject(new Error('connection refused'));
    const remote = byScore({ ...table('remote', []), score });
    const { results, notes } = await run(withFallback(remote, inputOrder));
    expect(results).toHaveLength(3);
    expect(notes).toMatchObject([{ code: 'fell-back' }, { code: 'unscored', ids: ['d0', 'd1', 'd2'] }]);
    expect((await cascade(first, withFallback(remote, inputOrder), cut(2)).rerank('text', listOf(3), { minScore })).results).toHaveLength(2); // prettier-ignore
  });

  test('keeps what a window could not score, with a note', async () => {
    const both = cascade(first, byScore(table('remote', [3, undefined])));
    const { results, notes } = await window(both, 2).rerank('text', listOf(2), { minScore });
    expect(results.map(({ candidate }) => candidate.id)).toEqual(['d0', 'd1']);
    expect(notes.at(-1)).toMatchObject({ code: 'unscored', by: 'window(lexical > remote, 2)', ids: ['d1'] });
  });

  test('is refused if nobody was to give its kind', async () => {
    await expect(run(cut(2))).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(run(window(byScore(table('remote', [3])), 1))).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});
