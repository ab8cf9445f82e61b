// Rerankers with a will of their own, for tests of what is wrapped round them.
import { type Candidate, inputOrder, type Reranker, type RerankOptions } from '@secondpass/core';

export const listOf = (n: number): Candidate[] =>
  Array.from({ length: n }, (_, i) => ({ id: `d${i}`, content: `text ${i}` }));

/** Answers in input order after doing what it is told to: wait, fail, look at its options. */
export function acting(name: string, act: (options: RerankOptions | undefined, call: number) => unknown): Reranker {
  let calls = 0;
  return {
    name,
    async rerank(query, candidates, options) {
      await act(options, calls++);
      return await inputOrder.rerank(query, candidates, { topK: options?.topK, minScore: options?.minScore });
    },
  };
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A signal that counts its listeners, so that a test sees who did not let go. */
export function countedSignal(): { controller: AbortController; listeners: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  const held = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    held.add(args[1]);
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    held.delete(args[1]);
    remove(...args);
  };
  return { controller, listeners: () => held.size };
}

/** What a promise will reject with; listens from now on, so that a rejection before it is awaited is not unhandled. */
export function caught(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => Promise.reject(new Error('it resolved')),
    (error: unknown) => error,
  );
}
