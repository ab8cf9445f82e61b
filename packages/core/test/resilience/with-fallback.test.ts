import { byScore, inputOrder, lexical, SecondpassError, withFallback } from '@secondpass/core';
import { expect, test } from 'vitest';
import { acting, listOf } from './support.ts';

const failing = (name: string, error: unknown) => acting(name, () => Promise.reject(error));
const counting = (name: string) => {
  const seen: unknown[] = [];
  return { reranker: acting(name, (options) => seen.push(options)), seen };
};

test('what fails is told with its cause, and the next one answers', async () => {
  const cause = new Error('socket closed');
  const { results, notes, runs } = await withFallback(failing('remote', cause), inputOrder).rerank('q', listOf(3));
  expect(results).toHaveLength(3);
  expect(notes).toEqual([
    { code: 'fell-back', by: 'remote', message: expect.stringContaining('socket closed'), cause },
  ]);
  expect(runs).toMatchObject([{ by: 'remote' }]);
});

test('a primary that works is left alone: the same answer, nobody else called', async () => {
  const other = counting('other');
  const ranking = await withFallback(inputOrder, other.reranker).rerank('q', listOf(3));
  expect(ranking).toEqual(await inputOrder.rerank('q', listOf(3)));
  expect(other.seen).toEqual([]);
});

test('options reach whoever answers, topK and minScore too', async () => {
  const other = counting('other');
  const options = { topK: 1, deadline: 9e15, signal: new AbortController().signal };
  const { results } = await withFallback(failing('a', new Error('x')), other.reranker).rerank('q', listOf(3), options);
  expect(results).toHaveLength(1);
  expect(other.seen).toEqual([options]);
});

test("the caller's abort is no reason to fall back", async () => {
  const controller = new AbortController();
  const other = counting('other');
  const aborting = acting('aborting', () => {
    controller.abort('enough');
    throw new Error('something else');
  });
  const call = withFallback(aborting, other.reranker).rerank('q', listOf(1), { signal: controller.signal });
  await expect(call).rejects.toBe('enough');
  expect(other.seen).toEqual([]);
});

test('an abort that is not the caller’s is a failure like another', async () => {
  const inner = new DOMException('internal', 'AbortError');
  const { notes } = await withFallback(failing('a', inner), inputOrder).rerank('q', listOf(1));
  expect(notes).toMatchObject([{ code: 'fell-back', cause: inner }]);
});

test('a wrong call is wrong for all: it passes through', async () => {
  const other = counting('other');
  const misuse = new SecondpassError('invalid-argument', 'no');
  await expect(withFallback(failing('a', misuse), other.reranker).rerank('q', listOf(1))).rejects.toBe(misuse);
  const empty = byScore({ name: 's', kind: 'logit', pointwise: true, score: async () => ({ value: { scores: [] } }) });
  await expect(withFallback(empty, other.reranker).rerank('', listOf(1))).rejects.toMatchObject({
    code: 'invalid-argument',
  });
  const unknown = withFallback(inputOrder, other.reranker).rerank('q', listOf(1), { topN: 1 } as never);
  await expect(unknown).rejects.toMatchObject({ code: 'invalid-argument' });
  expect(other.seen).toEqual([]);
});

test('if all fail, all are in the cause, in order, and it may be retried if one of them may', async () => {
  const errors = [new SecondpassError('overloaded', 'full'), new Error('gone')];
  const call = withFallback(failing('a', errors[0]), failing('b', errors[1])).rerank('q', listOf(1));
  await expect(call).rejects.toMatchObject({ code: 'failed', retryable: true, cause: { errors } });
  await expect(call).rejects.toThrow(/a, b.*gone/);
});

test('nothing to fall back to is a mistake', () => {
  expect(() => withFallback(inputOrder)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});

test('what a later one refuses is its own failure: the next is tried, and the first cause is told', async () => {
  const cause = new Error('connection refused');
  const minScore = { kind: 'probability', value: 0.5 } as const;
  const chain = withFallback(failing('remote', cause), byScore(lexical()), inputOrder);
  const { results, notes } = await chain.rerank('text', listOf(3), { minScore });
  expect(results).toHaveLength(3);
  expect(notes).toMatchObject([{ by: 'remote', cause }, { by: 'lexical', code: 'fell-back' }, { code: 'unscored' }]);
  const both = withFallback(failing('remote', cause), byScore(lexical())).rerank('text', listOf(3), { minScore });
  await expect(both).rejects.toMatchObject({
    code: 'failed',
    cause: { errors: [cause, { code: 'invalid-argument' }] },
  });
});
