// Runners that do not start, and a pool that is closed twice.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPool, type Pool } from '../../../src/models/runtime/fair-pool.ts';
import { workerLost, type Runner } from '../../../src/models/runtime/runner.ts';
import { textCalls } from '../../../src/models/text-calls.ts';
import { batchOf, handRunner, turn } from '../hand-pool.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A pool whose starts fail while `fails` says so; the first never does. */
async function faultyPool(size: number) {
  const hands: ReturnType<typeof handRunner>[] = [];
  const state = { fails: false, starts: 0, hands };
  const start = async (): Promise<Runner> => {
    state.starts++;
    if (state.fails) throw new Error('no memory');
    hands.push(handRunner());
    return hands.at(-1)!.runner;
  };
  return { pool: await openPool(size, start), state };
}

/** Gives every runner that there is more work than it takes at once. */
async function load(pool: Pool, count = 20): Promise<void> {
  const line = pool.line(1);
  for (let i = 0; i < count; i++) void line.add(batchOf(i + 1)).catch(() => {});
  await turn();
}

describe('fill()', () => {
  it('says how many runners could not be started, why, and what to do; the pool works with the others', async () => {
    const { pool, state } = await faultyPool(4);
    state.fails = true;
    await expect(pool.fill()).rejects.toMatchObject({
      code: 'failed',
      retryable: true,
      message: expect.stringMatching(
        /3 of 4 workers could not be started: no memory.*other 1.*fewer workers/,
      ) as string,
      cause: expect.objectContaining({ message: 'no memory' }) as Error,
    });
    const answer = pool.line(1).add(batchOf(7));
    state.hands[0]!.finish();
    expect((await answer).data[0]).toBe(7);
  });

  it('tried again starts those that are missing, also one that died', async () => {
    const { pool, state } = await faultyPool(3);
    state.fails = true;
    await expect(pool.fill()).rejects.toThrow('2 of 3');
    state.fails = false;
    state.hands[0]!.die();
    await pool.fill();
    expect(state.hands).toHaveLength(4);
  });

  it('of a model rejects as the pool does', async () => {
    const { pool, state } = await faultyPool(2);
    state.fails = true;
    await expect(textCalls({ pool, tokenBudget: 1, maxQueue: 1 }).warmUp()).rejects.toThrow('1 of 2 workers');
  });
});

describe('a start that failed', () => {
  it('is tried again after a while: no runner is missed for good', async () => {
    const { pool, state } = await faultyPool(4);
    state.fails = true;
    await pool.fill().catch(() => {});
    state.fails = false;
    await load(pool);
    expect(state.hands).toHaveLength(1);
    vi.advanceTimersByTime(1100);
    await load(pool);
    expect(state.hands).toHaveLength(4);
  });

  it('is not tried again and again: the pauses double, and one start is tried after each', async () => {
    const { pool, state } = await faultyPool(4);
    state.fails = true;
    await load(pool);
    const first = state.starts;
    const tried: number[] = [];
    for (let second = 1; second <= 64; second++) {
      vi.advanceTimersByTime(1000);
      const before = state.starts;
      for (let i = 0; i < 3; i++) await load(pool, 1);
      if (state.starts > before) tried.push(second, state.starts - before);
    }
    expect(first).toBeLessThanOrEqual(4);
    expect(tried).toEqual([1, 1, 3, 1, 7, 1, 15, 1, 31, 1, 63, 1]);
  });

  it('with no runner left is tried at once, by each call', async () => {
    const { pool, state } = await faultyPool(2);
    state.fails = true;
    state.hands[0]!.die();
    for (let i = 0; i < 2; i++) await expect(pool.line(1).add(batchOf(1))).rejects.toThrow('no memory');
    state.fails = false;
    const answer = pool.line(1).add(batchOf(5));
    await turn();
    state.hands[1]!.finish();
    expect((await answer).data[0]).toBe(5);
  });
});

it('a thread that ends while it starts is no batch that was lost: the call fails, so that a fallback gets its turn', async () => {
  const first = handRunner();
  let starts = 0;
  const pool = await openPool(1, async () => {
    if (++starts === 1) return first.runner;
    throw workerLost(new Error('too many threads'));
  });
  const calls = textCalls({ pool, tokenBudget: 1, maxQueue: 1e6 });
  const pair = { ids: new Int32Array(400), types: new Uint8Array(400) };
  const work = { prepare: () => ({ pair, truncated: false }), read: () => [1], landed: () => {} };
  const texts = Array.from({ length: 600 }, (_, index) => `text ${index}`);
  const running = calls.run(texts, work);
  await turn();
  first.die();
  const failed = { code: 'failed', retryable: true, message: expect.stringContaining('too many threads') as string };
  await expect(running).rejects.toMatchObject(failed);
  expect(starts).toBeLessThan(4);
  await expect(calls.run(['a'], work)).rejects.toMatchObject(failed);
});

it('closed twice ends for both when the runners have ended', async () => {
  const { runner } = handRunner();
  let end: () => void = () => {};
  const pool = await openPool(1, async () => ({
    alive: true,
    run: runner.run,
    close: () => new Promise<void>((resolve) => (end = resolve)),
  }));
  const calls = textCalls({ pool, tokenBudget: 1, maxQueue: 1 });
  const ended: string[] = [];
  const both = [calls.dispose().then(() => ended.push('first')), calls.dispose().then(() => ended.push('second'))];
  await turn();
  expect(ended).toEqual([]);
  end();
  await Promise.all(both);
  expect(ended.sort()).toEqual(['first', 'second']);
});
