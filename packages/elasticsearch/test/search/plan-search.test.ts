import { byScore, type Scorer } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { createRerankingClient } from '../../src/index.ts';
import { planSearch, type SearchPlan } from '../../src/search/plan-search.ts';
import { RecordedClient } from '../recorded/recorded.ts';

const longest: Scorer = {
  name: 'longest',
  kind: 'logit',
  pointwise: true,
  score: async (_query, candidates) => ({ value: { scores: candidates.map(({ content }) => content.length) } }),
};
const defaults = { reranker: byScore(longest), text: 'body' };
const query = { match: { body: 'bees' } };
const standard = { standard: { query } };
const rescorer = (...rescore: object[]): object => ({
  rescorer: { retriever: standard, rescore: rescore.length === 1 ? rescore[0] : rescore },
});
const plan = (request: object): SearchPlan => planSearch({ rerank: {}, ...request }, undefined, defaults);

describe('a search whose retriever refuses a size above its window', () => {
  it.each([
    ['rrf', { rrf: { retrievers: [standard, standard] } }, 10],
    ['rrf with a window', { rrf: { retrievers: [standard], rank_window_size: 20 } }, 20],
    ['rrf with a window above ours', { rrf: { retrievers: [standard], rank_window_size: 200 } }, 50],
    ['linear', { linear: { retrievers: [{ retriever: standard }] } }, 10],
    ['text_similarity_reranker', { text_similarity_reranker: { retriever: standard, inference_text: 'bees' } }, 10],
    ['pinned', { pinned: { retriever: standard, ids: ['1'], rank_window_size: 30 } }, 30],
    ['rule', { rule: { retriever: standard } }, 10],
    ['rescorer', rescorer({ query: {} }), 10],
    ['rescorer with a window', rescorer({ window_size: 25, query: {} }), 25],
    ['several rescorers', rescorer({ window_size: 40, query: {} }, { window_size: 15, query: {} }), 15],
    ['several rescorers, one of them silent', rescorer({ window_size: 40, query: {} }, { query: {} }), 10],
    ['standard', standard, 50],
    ['knn', { knn: { field: 'v', query_vector: [1], k: 5, num_candidates: 5 } }, 50],
  ])('is asked for what it gives: %s', (_, retriever, size) => {
    for (const request of [{ retriever }, { body: { retriever } }]) {
      const { wire, settings } = plan({ ...request, rerank: { query: 'bees' } });
      expect(wire).toMatchObject({ from: 0, size });
      expect(settings.window).toBe(size);
    }
  });

  it('is asked for what it gives where `rank` of a request fuses', () => {
    expect(plan({ query, rank: { rrf: { rank_window_size: 20 } } }).wire['size']).toBe(20);
    expect(plan({ query, rank: { rrf: {} } }).wire['size']).toBe(10);
  });

  it('gives every page of its window, none of which asks for more', () => {
    const retriever = { rrf: { retrievers: [standard], rank_window_size: 20 } };
    expect(plan({ retriever, from: 15, size: 10 })).toMatchObject({ wire: { from: 0, size: 20 }, page: { skip: 15 } });
    expect(plan({ retriever, from: 20, size: 10 }).wire).toMatchObject({ from: 20, size: 10 });
    expect(plan({ retriever, rerank: { window: 5 } }).wire).toMatchObject({ from: 0, size: 10 });
  });

  it('says in the answer that fewer were reranked than asked, where it reranked', async () => {
    const client = createRerankingClient(new RecordedClient('plain'), defaults);
    const search = async (request: object): Promise<{ rerank: { window: number; notes: object[] } }> =>
      (await client.search({ rerank: {}, ...request } as never)) as never;
    const retriever = { rrf: { retrievers: [standard], rank_window_size: 5 } };
    const bounded = await search({ retriever, size: 5 });
    expect(bounded.rerank).toMatchObject({ window: 5, scored: 5, notes: [{ code: 'smaller-window' }] });
    expect(bounded.rerank.notes).toMatchObject([{ message: expect.stringMatching(/rrf.*rank_window_size.*50/u) }]);
    expect((await search({ retriever, size: 5, from: 5 })).rerank.notes).toEqual([]);
    expect((await search({ retriever, size: 5, rerank: { window: 5 } })).rerank.notes).toEqual([]);
    expect((await search({ retriever: standard })).rerank.notes).toEqual([]);
  });
});
