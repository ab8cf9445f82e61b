import { inputOrder, SecondpassError, withRetry } from '@secondpass/core';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { acting, caught, countedSignal, listOf } from './support.ts';

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => {
  const left = vi.getTimerCount();
  vi.useRealTimers();
  if (left > 0) throw new Error(`${left} timer(s) were left behind`);
});
const busy = (retryAfterMs?: number) => new SecondpassError('overloaded', 'busy', { retryAfterMs });

/** Fails with these errors first; tells when it was called, in milliseconds from now. */
function flaky(...errors: unknown[]) {
  const times: number[] = [];
  const started = Date.now();
  const reranker = acting('flaky', (_options, call) => {
    times.push(Date.now() - started);
    if (call < errors.length) throw errors[call];
  });
  return { reranker, times };
}

test('a failure that may pass is tried again, and told', async () => {
  const { reranker, times } = flaky(busy(), busy());
  const call = withRetry(reranker, { random: () => 0.5 }).rerank('q', listOf(2));
  await vi.runAllTimersAsync();
  const { results, notes, runs } = await call;
  expect(results).toHaveLength(2);
  expect(times).toEqual([0, 100, 300]); // Half of 200, then half of 400.
  expect(notes).toMatchObject([{ code: 'retried', by: 'flaky', cause: { code: 'overloaded' } }]);
  expect(runs).toHaveLength(2);
});

test('what will not pass is not tried again', async () => {
  const codes = ['invalid-argument', 'failed'] as const;
  for (const error of [new Error('plain'), ...codes.map((code) => new SecondpassError(code, 'wrong')), 'text']) {
    const { reranker, times } = flaky(error);
    await expect(withRetry(reranker).rerank('q', listOf(1))).rejects.toBe(error);
    expect(times).toEqual([0]);
  }
});

test('the caller may say what passes', async () => {
  const { reranker, times } = flaky(new TypeError('fetch failed'));
  const call = withRetry(reranker, { retryable: (error) => error instanceof TypeError, baseDelayMs: 0 }).rerank(
    'q',
    listOf(1),
  );
  await vi.runAllTimersAsync();
  await call;
  expect(times).toEqual([0, 0]);
});

test('the last error is thrown when the attempts are used up', async () => {
  const errors = [busy(), busy(), busy()];
  const { reranker, times } = flaky(...errors);
  const outcome = caught(withRetry(reranker, { attempts: 3 }).rerank('q', listOf(1)));
  await vi.runAllTimersAsync();
  expect(await outcome).toBe(errors[2]);
  expect(times).toHaveLength(3);
});

test('every pause lies within its bound, and the first of them spread', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.integer({ min: 0, max: 999 }).map((n) => n / 1000),
        { minLength: 4, maxLength: 4 },
      ),
      async (draws) => {
        // prettier-ignore
        const { reranker, times } = flaky(busy(), busy(), busy(), busy());
        let next = 0;
        const options = { attempts: 5, baseDelayMs: 100, maxDelayMs: 250, random: () => draws[next++]! };
        const call = withRetry(reranker, options).rerank('q', listOf(1));
        await vi.runAllTimersAsync();
        await call;
        for (const [index, bound] of [100, 200, 250, 250].entries()) {
          const pause = times[index + 1]! - times[index]!;
          expect(Math.abs(pause - draws[index]! * bound)).toBeLessThanOrEqual(2); // Timers round to whole milliseconds.
        }
      },
    ),
    { numRuns: 25 },
  ));

test('who asks us to wait is waited for; who asks for too long is not asked again', async () => {
  const asked = flaky(busy(3000));
  const call = withRetry(asked.reranker, { random: () => 0 }).rerank('q', listOf(1));
  await vi.runAllTimersAsync();
  await call;
  expect(asked.times).toEqual([0, 3000]);
  const tooLong = busy(60_000);
  const refused = flaky(tooLong);
  await expect(withRetry(refused.reranker).rerank('q', listOf(1))).rejects.toBe(tooLong);
  expect(refused.times).toEqual([0]);
});

test('a little is added to what is asked for, so that not all come back at once, and nothing beyond the longest pause', async () => {
  const pauses: number[] = [];
  for (const asked of [3000, 9900, 10_000]) {
    const { reranker, times } = flaky(busy(asked));
    const call = withRetry(reranker, { random: () => 0.75 }).rerank('q', listOf(1));
    await vi.runAllTimersAsync();
    await call;
    pauses.push(times[1]!);
  }
  expect(pauses).toEqual([3150, 10_000, 10_000]);
});

test('no pause is begun that ends after the deadline', async () => {
  const error = busy(500);
  const { reranker, times } = flaky(error);
  const call = withRetry(reranker, { random: () => 0 }).rerank('q', listOf(1), { deadline: Date.now() + 400 });
  await expect(call).rejects.toBe(error);
  expect(times).toEqual([0]);
});

test('an abort during a pause ends it at once, and nothing is left listening', async () => {
  const { controller, listeners } = countedSignal();
  const { reranker, times } = flaky(busy(5000));
  const call = withRetry(reranker).rerank('q', listOf(1), { signal: controller.signal });
  const outcome = caught(call);
  await vi.advanceTimersByTimeAsync(100);
  controller.abort('enough');
  expect(await outcome).toBe('enough');
  expect(times).toEqual([0]);
  expect(listeners()).toBeLessThanOrEqual(1); // A `once` listener that has fired is gone by itself.
});

test('an abort while it fails, or while it is asked whether to try again, is the abort', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const asking = withRetry(flaky(busy()).reranker, { retryable: () => (controller.abort('enough'), true) });
  await expect(asking.rerank('q', listOf(1), { signal })).rejects.toBe('enough');
  const other = new AbortController();
  const aborting = acting('aborting', () => {
    other.abort('stop');
    throw new Error('something else');
  });
  await expect(withRetry(aborting).rerank('q', listOf(1), { signal: other.signal })).rejects.toBe('stop');
});

test('a pause that ends lets go of the signal', async () => {
  const { controller, listeners } = countedSignal();
  const call = withRetry(flaky(busy()).reranker).rerank('q', listOf(1), { signal: controller.signal });
  await vi.runAllTimersAsync();
  await call;
  expect(listeners()).toBe(0);
});

test('its options are checked when it is made', () => {
  const wrong = expect.objectContaining({ code: 'invalid-argument' });
  for (const options of [
    { attempts: 0 },
    { attempts: 1.5 },
    { baseDelayMs: -1 },
    { maxDelayMs: Number.NaN },
    { retries: 2 },
  ]) {
    expect(() => withRetry(inputOrder, options as never)).toThrow(wrong);
  }
});
