import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { loadCrossEncoder, type LoadedCrossEncoder } from '../../src/load/load-cross-encoder.ts';
import type { LoadOptions } from '../../src/load/load-options.ts';
import { loadReranker } from '../../src/load/load-reranker.ts';
import type { Output } from '../../src/models/runtime/batch.ts';
import { textCalls } from '../../src/models/text-calls.ts';
import type { RerankEvent } from '../../src/types.ts';
import { handPool, turn } from './hand-pool.ts';
import { candidates, passages, tiny } from './tiny.ts';

const loaded: LoadedCrossEncoder[] = [];
async function load(options?: LoadOptions): Promise<LoadedCrossEncoder> {
  const scorer = await loadCrossEncoder(tiny('one'), options);
  loaded.push(scorer);
  return scorer;
}
afterAll(() => Promise.all(loaded.map((model) => model.dispose())));

const query = 'who was it for';
const scored = (scores: ArrayLike<number | undefined>): number =>
  Array.from(scores).filter((score) => score !== undefined).length;

describe.each([{ workers: 0 }, { workers: 2 }])('a call, with %j', (options) => {
  const long = candidates(passages(20_000, 60));

  it('that is aborted rejects with the reason, at once, and the model goes on', async () => {
    const scorer = await load(options);
    const controller = new AbortController();
    const reason = new Error('no longer wanted');
    const began = new Promise<void>((resolve) => {
      const onEvent = (event: RerankEvent): void => {
        if (event.type === 'rerank-progress') resolve();
      };
      scorer.score(query, long, { signal: controller.signal, onEvent }).then(
        () => expect.unreachable(),
        (error: unknown) => expect(error).toBe(reason),
      );
    });
    await began;
    controller.abort(reason);
    const { value } = await scorer.score(query, long.slice(0, 5));
    expect(scored(value.scores)).toBe(5);
  });

  it('whose signal is aborted before it begins does nothing', async () => {
    const scorer = await load(options);
    await expect(scorer.score(query, long, { signal: AbortSignal.abort(new Error('never')) })).rejects.toThrow('never');
  });

  it('at its deadline returns what is scored, notes the rest by id, and leaves them in input order', async () => {
    const reranker = await loadReranker(tiny('one'), options);
    // As soon as the machine, however busy, has scored some.
    let ranking;
    for (let ms = 200; ranking === undefined || ranking.results[0]!.score === undefined; ms *= 2) {
      const deadline = Date.now() + ms;
      ranking = await reranker.rerank(query, long, { deadline });
      expect(Date.now() - deadline).toBeLessThan(5_000);
    }
    const { results, notes } = ranking;
    const late = notes.find(({ code }) => code === 'timed-out')!;
    const unscored = results.filter(({ score }) => score === undefined);
    expect(unscored.length).toBeGreaterThan(0);
    expect(unscored.length).toBeLessThan(long.length);
    expect(results.length).toBe(long.length);
    expect(unscored.map(({ candidate }) => candidate.id)).toEqual(late.ids);
    expect(results.slice(-unscored.length)).toEqual(unscored);
    expect(notes.filter(({ code }) => code === 'unscored')).toEqual([]);
    await reranker.dispose();
  });

  it('with a query of megabytes is scored without being read whole, and the query noted as truncated', async () => {
    const scorer = await load(options);
    const some = 'the river was in that town, '.repeat(400);
    const endless = some.repeat(1000);
    const started = performance.now();
    const { value, notes } = await scorer.score(endless, long.slice(0, 4));
    expect(performance.now() - started).toBeLessThan(1500);
    expect(notes).toMatchObject([{ code: 'truncated' }]);
    expect(value.scores).toEqual((await scorer.score(some, long.slice(0, 4))).value.scores);
  });

  it('whose deadline has passed scores nothing and says so', async () => {
    const scorer = await load(options);
    const { value, notes } = await scorer.score(query, long.slice(0, 3), { deadline: Date.now() - 1 });
    expect(scored(value.scores)).toBe(0);
    expect(notes!.map(({ code }) => code)).toEqual(['timed-out']);
  });

  it('reports progress that never falls and ends with all', async () => {
    const scorer = await load(options);
    const seen: number[] = [];
    const some = [...long.slice(0, 500), ...long.slice(0, 20)];
    await scorer.score(query, some, {
      onEvent: (event) => {
        if (event.type === 'rerank-progress') seen.push(event.done / event.total);
        throw new Error('an observer may not steer');
      },
    });
    expect(seen.length).toBeGreaterThan(10);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  it('of a disposed model is refused, and one under way is ended', async () => {
    const scorer = await load(options);
    const underWay = scorer.score(query, long).catch((error: { code: string }) => error.code);
    await sleep(20);
    await scorer.dispose();
    expect(await underWay).toBe('disposed');
    await expect(scorer.score(query, long)).rejects.toMatchObject({ code: 'disposed' });
    await expect(scorer.warmUp()).rejects.toMatchObject({ code: 'disposed' });
    await scorer.dispose();
  });

  it('beyond the bound of the queue is refused; alone it never is', async () => {
    const scorer = await load({ ...options, maxQueue: 100 });
    const first = scorer.score(query, long.slice(0, 200));
    await expect(scorer.score(query, long.slice(0, 1))).rejects.toMatchObject({ code: 'overloaded', retryable: true });
    expect(scored((await first).value.scores)).toBe(200);
    expect(scored((await scorer.score(query, long.slice(0, 1))).value.scores)).toBe(1);
  });

  it('with ten passages ends long before one with twenty thousand that began earlier', async () => {
    const scorer = await load(options);
    const controller = new AbortController();
    const order: string[] = [];
    const big = scorer.score(query, long, { signal: controller.signal }).then(
      () => order.push('big'),
      () => order.push('aborted'),
    );
    await sleep(50);
    await scorer.score(query, long.slice(0, 10)).then(() => order.push('small'));
    controller.abort();
    await big;
    expect(order).toEqual(['small', 'aborted']);
  });
});

it('what is scored no longer counts as waiting, though its call goes on', async () => {
  const { pool, hands } = await handPool(1);
  const calls = textCalls({ pool, tokenBudget: 1, maxQueue: 10 });
  const pair = { ids: new Int32Array(400), types: new Uint8Array(400) };
  const work = { prepare: () => ({ pair, truncated: false }), read: ({ data }: Output) => data, landed: () => {} };
  const texts = Array.from({ length: 9 }, (_, index) => `text ${index}`);
  const running = [calls.run(texts, work)];
  await expect(calls.run(['a', 'b'], work)).rejects.toMatchObject({ code: 'overloaded' });
  const finish = async (): Promise<void> => {
    hands[0]!.finish();
    await turn();
  };
  await turn();
  await finish();
  running.push(calls.run(['a', 'b'], work));
  await expect(calls.run(['c'], work)).rejects.toThrow('10 text(s) already wait');
  for (let left = 10; left > 0; left--) await finish();
  expect((await Promise.all(running)).map(({ pairs }) => pairs)).toEqual([9, 2]);
  running.push(calls.run(texts, work));
  await expect(calls.run(['a', 'b'], work)).rejects.toThrow('9 text(s) already wait');
  await pool.dispose();
  await expect(running.at(-1)).rejects.toThrow('ended before');
});

it('concurrent calls get the scores that they get alone', async () => {
  const scorer = await load({ workers: 2 });
  const lists = [5, 80, 1, 300, 17].map((count, n) => candidates(passages(count, 20 + n)));
  const alone = [];
  for (const [n, list] of lists.entries()) alone.push((await scorer.score(`${query} ${n}`, list)).value.scores);
  const together = await Promise.all(lists.map((list, n) => scorer.score(`${query} ${n}`, list)));
  for (const [n, { value }] of together.entries()) {
    for (let i = 0; i < lists[n]!.length; i++) expect(value.scores[i]).toBeCloseTo(alone[n]![i]!, 5);
  }
});

it('thirty calls under one signal print nothing', async () => {
  const scorer = await load({ workers: 1 });
  const warnings: Error[] = [];
  const listen = (warning: Error): void => void warnings.push(warning);
  process.on('warning', listen);
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 30 }, () => scorer.score(query, candidates(passages(5)), { signal })));
  await sleep(10);
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});

it('await using disposes of a model', async () => {
  const scorer = await loadCrossEncoder(tiny('one'), { workers: 1 });
  await scorer[Symbol.asyncDispose]();
  await expect(scorer.score(query, candidates(['a']))).rejects.toMatchObject({ code: 'disposed' });
});
