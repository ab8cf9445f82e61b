import { inputOrder, type RerankOptions, withFallback, withTimeout } from '@secondpass/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { acting, caught, countedSignal, listOf, wait } from './support.ts';

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => {
  const left = vi.getTimerCount();
  vi.useRealTimers();
  if (left > 0) throw new Error(`${left} timer(s) were left behind`);
});
const never = acting('never', () => new Promise(() => {}));
const timedOut = { name: 'SecondpassError', code: 'timed-out', retryable: true };

test('the deadline handed down is absolute, and the sooner of both', async () => {
  const seen: (number | undefined)[] = [];
  const spy = acting('spy', (options) => seen.push(options?.deadline));
  await withTimeout(spy, 300).rerank('q', listOf(1));
  await withTimeout(spy, 300).rerank('q', listOf(1), { deadline: 1_000_200 });
  await withTimeout(spy, 300).rerank('q', listOf(1), { deadline: 1_000_900 });
  await withTimeout(withTimeout(spy, 500), 300).rerank('q', listOf(1));
  expect(seen).toEqual([1_000_300, 1_000_200, 1_000_300, 1_000_300]);
});

test('what else was asked for reaches the reranker', async () => {
  const options = { topK: 1, minScore: { kind: 'logit', value: 0 }, onEvent: () => {} } as const;
  let seen: RerankOptions | undefined;
  await withTimeout(
    acting('spy', (given) => (seen = given)),
    300,
  ).rerank('q', listOf(2), options);
  expect(seen).toMatchObject(options);
});

test('a reranker that ignores its deadline is abandoned shortly after, and its signal aborts with the reason', async () => {
  let inner: AbortSignal | undefined;
  const stuck = acting('stuck', (options) => ((inner = options?.signal), new Promise(() => {})));
  const call = withTimeout(stuck, 300).rerank('q', listOf(2));
  const outcome = caught(call);
  await vi.advanceTimersByTimeAsync(399);
  expect(inner!.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(2);
  expect(await outcome).toMatchObject(timedOut);
  expect(inner!.aborted).toBe(true);
  expect(inner!.reason).toMatchObject(timedOut);
});

test('one that answers within the grace, with what it has, is heard', async () => {
  const call = withTimeout(
    acting('slow', () => wait(350)),
    300,
  ).rerank('q', listOf(2));
  await vi.advanceTimersByTimeAsync(350);
  expect((await call).results).toHaveLength(2);
});

test('without grace the deadline is the end', async () => {
  const call = withTimeout(
    acting('slow', () => wait(350)),
    300,
    { graceMs: 0 },
  ).rerank('q', listOf(2));
  const outcome = caught(call);
  await vi.advanceTimersByTimeAsync(350);
  expect(await outcome).toMatchObject(timedOut);
});

test('the late failure of what was abandoned disturbs nobody', async () => {
  const late = acting('late', async () => {
    await wait(1000);
    throw new Error('too late to matter');
  });
  const outcome = caught(withTimeout(late, 100).rerank('q', listOf(1)));
  await vi.advanceTimersByTimeAsync(2000); // An unhandled rejection would fail the run.
  expect(await outcome).toMatchObject(timedOut);
});

test("the caller's abort rejects at once with its reason, even if the reranker does not listen", async () => {
  const { controller, listeners } = countedSignal();
  const call = withTimeout(never, 300).rerank('q', listOf(1), { signal: controller.signal });
  const outcome = caught(call);
  await vi.advanceTimersByTimeAsync(10);
  controller.abort('enough');
  expect(await outcome).toBe('enough');
  expect(listeners()).toBe(0);
});

test('a long-lived signal collects no listeners, whether a call succeeds or fails', async () => {
  const { controller, listeners } = countedSignal();
  const options: RerankOptions = { signal: controller.signal };
  await withTimeout(inputOrder, 300).rerank('q', listOf(1), options);
  const failing = acting('failing', () => Promise.reject(new Error('no')));
  await expect(withTimeout(failing, 300).rerank('q', listOf(1), options)).rejects.toThrow('no');
  expect(listeners()).toBe(0);
  expect(controller.signal.aborted).toBe(false);
});

test('a reranker that throws before it returns a promise rejects, and leaves no timer', async () => {
  const throwing = { name: 'throwing', rerank: () => { throw new Error('at once'); } }; // prettier-ignore
  await expect(withTimeout(throwing, 300).rerank('q', listOf(1))).rejects.toThrow('at once');
});

test("inside an outer timeout, the inner fallback still gets its turn at the caller's deadline", async () => {
  const inner = withFallback(withTimeout(never, 1000), inputOrder);
  const call = withTimeout(inner, 200).rerank('q', listOf(2));
  await vi.advanceTimersByTimeAsync(260);
  expect((await call).notes).toMatchObject([{ code: 'fell-back' }]);
});

test('a deadline in the far future, or at infinity, is not now', async () => {
  for (const deadline of [Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY]) {
    const call = withTimeout(
      acting('slow', () => wait(50)),
      1e12,
    ).rerank('q', listOf(1), { deadline });
    await vi.advanceTimersByTimeAsync(50);
    expect((await call).results).toHaveLength(1);
  }
});

test('its options are checked when it is made', () => {
  const wrong = expect.objectContaining({ code: 'invalid-argument' });
  for (const ms of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, undefined as never, '300' as never]) {
    expect(() => withTimeout(inputOrder, ms)).toThrow(wrong);
  }
  expect(() => withTimeout(inputOrder, 300, { grace: 5 } as never)).toThrow('no option "grace"');
  expect(() => withTimeout(inputOrder, 300, { graceMs: -1 })).toThrow(wrong);
});
