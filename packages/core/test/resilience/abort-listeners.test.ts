// Many calls under one signal are no leak: Node would print a warning at the eleventh listener.
import { getEventListeners } from 'node:events';
import {
  byScore,
  gather,
  type Reranker,
  type Retriever,
  untilAborted,
  withCache,
  withLimit,
  withRetry,
  withTimeout,
} from '@secondpass/core';
import { slowScorer, scriptedScorer } from '@secondpass/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wait as waitUnless } from '../../src/wait.ts';
import { onAbort } from '../../src/on-abort.ts';
import { childSignal } from '../../src/resilience/child-signal.ts';
import { listOf, wait } from './support.ts';

const list = listOf(2);
const slow = slowScorer(
  scriptedScorer(() => 1),
  30,
);
const rerankers: readonly (readonly [string, Reranker])[] = [
  ['withTimeout', withTimeout(byScore(slow), 1000)],
  ['withLimit', withLimit(byScore(slowScorer(slow, 0)), { concurrency: 1, queue: 100 })],
  ['withRetry', withRetry(byScore(slow))],
  ['withCache', byScore(withCache(slow))],
  ['withTimeout over withLimit', withTimeout(withLimit(byScore(slow), { concurrency: 15, queue: 100 }), 5000)],
];
const count = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

test.each(rerankers)('%s: 30 calls at a time add one listener, and leave none', async (_name, reranker) => {
  const { signal } = new AbortController();
  const calls = Array.from({ length: 30 }, () => reranker.rerank('q', list, { signal }));
  await wait(10);
  expect(count(signal)).toBeLessThanOrEqual(1);
  await Promise.all(calls);
  expect(count(signal)).toBe(0);
});

test('untilAborted: neither do 30 waits', async () => {
  const { signal } = new AbortController();
  const waits = Array.from({ length: 30 }, () => untilAborted(wait(10), signal));
  expect(count(signal)).toBe(1);
  await Promise.all(waits);
  expect(count(signal)).toBe(0);
});

test('neither do 30 waits for a lock or before a retry', async () => {
  const { signal } = new AbortController();
  const waits = Array.from({ length: 30 }, () => waitUnless(10, signal));
  expect(count(signal)).toBe(1);
  await Promise.all(waits);
  expect(count(signal)).toBe(0);
  const controller = new AbortController();
  const ended = waitUnless(60_000, controller.signal);
  controller.abort('enough');
  await expect(ended).rejects.toBe('enough');
  await expect(waitUnless(60_000, controller.signal)).rejects.toBe('enough');
});

test('untilAborted: after the abort the work is not heard, however soon it was done', async () => {
  for (const work of [Promise.resolve('done'), new Promise(() => {})]) {
    await expect(untilAborted(work, AbortSignal.abort('enough'))).rejects.toBe('enough');
  }
});

test('childSignal: the child of an aborted signal is aborted, with its reason', () => {
  expect(childSignal(AbortSignal.abort('enough')).signal.reason).toBe('enough');
});

test("gather: no signal, the caller's or one it hands down, has many", async () => {
  const { signal } = new AbortController();
  const seen: number[] = [];
  const retriever = (name: string): Retriever => ({
    name,
    async retrieve(question, options) {
      await wait(20);
      seen.push(count(signal), count(options!.signal!));
      return [{ id: String(question), content: question }];
    },
  });
  const parts = Array.from({ length: 6 }, (_, i) => ({ text: `Who wrote part ${i}?` }));
  await gather('Who wrote the parts?', parts, [retriever('bm25'), retriever('knn')], { signal });
  expect(seen.length).toBeGreaterThan(20);
  expect(Math.max(...seen)).toBeLessThanOrEqual(1);
  expect(count(signal)).toBe(0);
});

test('onAbort tells, in order and once, those who still listen', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(9), { nil: undefined })), (steps) => {
      const controller = new AbortController();
      const told: number[] = [];
      const offs: (() => void)[] = [];
      const listening = new Set<number>();
      for (const [step, gone] of steps.entries()) {
        if (gone === undefined) {
          listening.add(offs.length);
          const me = offs.length;
          offs.push(onAbort(controller.signal, () => told.push(me)));
        } else if (offs[gone]) {
          listening.delete(gone);
          offs[gone]();
        }
        expect(count(controller.signal), `step ${step}`).toBe(Number(listening.size > 0));
      }
      controller.abort();
      expect(told).toEqual([...listening]);
      for (const off of offs) off();
      expect(count(controller.signal)).toBe(0);
    }),
  );
});

test('onAbort: one who leaves while others are told is not told any more; no signal, nobody is told', () => {
  const controller = new AbortController();
  const told: string[] = [];
  onAbort(controller.signal, () => {
    told.push('first');
    off();
  });
  const off = onAbort(controller.signal, () => told.push('second'));
  onAbort(controller.signal, () => told.push('third'));
  controller.abort();
  expect(told).toEqual(['first', 'third']);
  onAbort(undefined, () => told.push('never'))();
});
