import { afterAll, describe, test } from 'vitest';
import { loadCrossEncoder } from '../../src/load/load-cross-encoder.ts';
import { loadReranker } from '../../src/load/load-reranker.ts';
import { testReranker } from '../../src/testing/test-reranker.ts';
import { testScorer } from '../../src/testing/test-scorer.ts';
import type { Loaded } from '../../src/types.ts';
import { tiny } from './tiny.ts';

const loaded: Loaded[] = [];
async function kept<T extends Loaded>(loading: Promise<T>): Promise<T> {
  const model = await loading;
  loaded.push(model);
  return model;
}
afterAll(() => Promise.all(loaded.map((model) => model.dispose())));

describe('the laws hold for', () => {
  const query = 'what is the history of the town';
  testReranker('a tiny model in workers', () => kept(loadReranker(tiny('one'), { workers: 2 })), { test, query });
  testReranker('a tiny model in this thread', () => kept(loadReranker(tiny('two'), { workers: 0 })), { test, query });
  testReranker('the embedded model', () => kept(loadReranker()), { test, runs: 8 });
  // fp32 in batches of other shapes: the last bits of a sum depend on its order.
  testScorer('a tiny model', () => kept(loadCrossEncoder(tiny('one'), { workers: 1 })), {
    test,
    query,
    tolerance: 1e-5,
  });
  testScorer('the embedded model, to the last bit', () => kept(loadCrossEncoder()), { test, runs: 8, tolerance: 0 });
});
