import { inputOrder, withLimit } from '@secondpass/core';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { acting, caught, countedSignal, listOf, wait } from './support.ts';

/** A reranker whose calls end when the test says so. */
function gated() {
  const running: { end: () => void; fail: () => void }[] = [];
  const begun: (number | undefined)[] = [];
  const reranker = acting('gated', (options) => {
    begun.push(options?.topK);
    return new Promise<void>((resolve, reject) => {
      running.push({ end: resolve, fail: () => reject(new Error('failed inside')) });
    });
  });
  return { reranker, running, begun };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('never more than the bound run, all are served, first come first', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 12 }),
      async (concurrency, naps) => {
        let now = 0;
        let most = 0;
        const begun: number[] = [];
        const busy = acting('busy', async (options) => {
          begun.push(options!.topK!);
          most = Math.max(most, ++now);
          for (let i = 0; i < naps[options!.topK!]!; i++) await turn();
          now--;
        });
        const limited = withLimit(busy, { concurrency });
        await Promise.all(naps.map((_, index) => limited.rerank('q', listOf(1), { topK: index })));
        expect(most).toBe(Math.min(concurrency, naps.length));
        expect(begun).toEqual(naps.map((_, index) => index));
      },
    ),
    { numRuns: 40 },
  ));

test('beyond the bound and the queue a call is refused at once, and may be retried', async () => {
  const { reranker, running } = gated();
  const limited = withLimit(reranker, { concurrency: 1, queue: 1 });
  const first = limited.rerank('q', listOf(1));
  const second = limited.rerank('q', listOf(1));
  const refused = limited.rerank('q', listOf(1));
  await expect(refused).rejects.toMatchObject({ code: 'overloaded', retryable: true });
  await turn();
  running[0]!.end();
  await first;
  await turn();
  running[1]!.end();
  await second;
});

test('an abort in the queue frees its place and lets go; later ones move up', async () => {
  const { reranker, running, begun } = gated();
  const { controller, listeners } = countedSignal();
  const limited = withLimit(reranker, { concurrency: 1, queue: 2 });
  const first = limited.rerank('q', listOf(1), { topK: 1 });
  const aborted = limited.rerank('q', listOf(1), { topK: 2, signal: controller.signal });
  const third = limited.rerank('q', listOf(1), { topK: 3 });
  await turn();
  controller.abort('enough');
  await expect(aborted).rejects.toBe('enough');
  expect(listeners()).toBe(0);
  const fourth = limited.rerank('q', listOf(1), { topK: 4 });
  for (const index of [0, 1, 2]) {
    await turn();
    running[index]!.end();
  }
  await Promise.all([first, third, fourth]);
  expect(begun).toEqual([1, 3, 4]);
});

test('who leaves the queue leaves its own place; who comes later waits behind the others', async () => {
  const { reranker, running, begun } = gated();
  const controller = new AbortController();
  const limited = withLimit(reranker, { concurrency: 1 });
  const call = (topK: number, signal?: AbortSignal) => limited.rerank('q', listOf(1), { topK, signal });
  const calls = [call(1), call(2)];
  const aborted = caught(call(3, controller.signal));
  await turn();
  controller.abort('enough');
  expect(await aborted).toBe('enough');
  running[0]!.end();
  await turn();
  calls.push(call(4));
  await turn();
  expect(begun).toEqual([1, 2]);
  for (const index of [1, 2]) {
    running[index]!.end();
    await turn();
  }
  await Promise.all(calls);
  expect(begun).toEqual([1, 2, 4]);
});

test('an abort in the moment in which a place comes free begins nothing', async () => {
  const { reranker, running, begun } = gated();
  const controller = new AbortController();
  const limited = withLimit(reranker, { concurrency: 1 });
  const first = limited.rerank('q', listOf(1), { topK: 1 });
  const second = caught(limited.rerank('q', listOf(1), { topK: 2, signal: controller.signal }));
  await turn();
  running[0]!.end();
  await first;
  controller.abort('enough');
  expect(await second).toBe('enough');
  expect(begun).toEqual([1]);
});

test('a hundred wait unless it is said otherwise', async () => {
  const { reranker, running } = gated();
  const limited = withLimit(reranker, { concurrency: 1 });
  const calls = Array.from({ length: 101 }, () => limited.rerank('q', listOf(1)));
  await expect(limited.rerank('q', listOf(1))).rejects.toMatchObject({ code: 'overloaded' });
  for (let index = 0; index < calls.length; index++) {
    await turn();
    running[index]!.end();
  }
  await Promise.all(calls);
});

test('a slot is given back after a failure', async () => {
  const { reranker, running } = gated();
  const limited = withLimit(reranker, { concurrency: 1, queue: 0 });
  const first = limited.rerank('q', listOf(1));
  const outcome = caught(first);
  await turn();
  running[0]!.fail();
  expect(await outcome).toMatchObject({ message: 'failed inside' });
  const second = limited.rerank('q', listOf(1));
  await turn();
  running[1]!.end();
  expect((await second).results).toHaveLength(1);
});

test('a deadline that passes in the queue rejects with timed-out and frees the place', async () => {
  vi.useFakeTimers();
  try {
    const limited = withLimit(
      acting('slow', () => wait(1000)),
      { concurrency: 1, queue: 1 },
    );
    const first = limited.rerank('q', listOf(1));
    const late = limited.rerank('q', listOf(1), { deadline: Date.now() + 100 });
    const outcome = caught(late);
    await vi.advanceTimersByTimeAsync(101);
    expect(await outcome).toMatchObject({ code: 'timed-out' });
    const second = limited.rerank('q', listOf(1));
    await vi.advanceTimersByTimeAsync(2000);
    await Promise.all([first, second]);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('its options are checked when it is made', () => {
  const wrong = expect.objectContaining({ code: 'invalid-argument' });
  const options = [undefined, {}, { concurrency: 0 }, { concurrency: 1.5 }, { concurrency: 1, queue: -1 }, { concurrency: 1, max: 2 }]; // prettier-ignore
  for (const wrongOptions of options) expect(() => withLimit(inputOrder, wrongOptions as never)).toThrow(wrong);
});
