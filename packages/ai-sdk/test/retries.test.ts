import { SecondpassError, withRetry, type Reranker } from '@secondpass/core';
import { rerank } from 'ai';
import { describe, expect, it } from 'vitest';
import { rerankingModel } from '../src/index.ts';
import { overlapReranker } from '../../../test/small-rerankers.ts';

// The SDK prints warnings unless told otherwise.
(globalThis as { AI_SDK_LOG_WARNINGS?: unknown }).AI_SDK_LOG_WARNINGS = false;

/** Is refused once, in a way that may pass, then ranks. */
function limited(): Reranker & { readonly calls: () => number } {
  let calls = 0;
  return {
    name: 'limited',
    calls: () => calls,
    async rerank(query, candidates, options) {
      if (++calls === 1) throw new SecondpassError('failed', 'HTTP 429', { retryable: true });
      return overlapReranker.rerank(query, candidates, options);
    },
  };
}
const ask = (reranker: Reranker) =>
  rerank({
    model: rerankingModel(reranker, { onError: 'throw' }),
    query: 'dune',
    documents: ['cats', 'dune'],
    maxRetries: 2,
  });

describe('a failure that may pass', () => {
  it('is not tried again by the SDK, which knows its own errors alone, and keeps its code', async () => {
    const reranker = limited();
    await expect(ask(reranker)).rejects.toMatchObject({ code: 'failed', retryable: true });
    expect(reranker.calls()).toBe(1);
  });

  it('is tried again by withRetry', async () => {
    const reranker = limited();
    const { ranking } = await ask(withRetry(reranker, { baseDelayMs: 1 }));
    expect(ranking[0]!.originalIndex).toBe(1);
    expect(reranker.calls()).toBe(2);
  });
});
