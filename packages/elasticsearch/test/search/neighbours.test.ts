import { inputOrder } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { withPoolSize } from '../../src/fuse/pool-size.ts';
import { withNeighbours } from '../../src/search/neighbours.ts';
import { planSearch } from '../../src/search/plan-search.ts';
import { frozen } from '../recorded/recorded.ts';

const defaults = { reranker: inputOrder, text: 'body', window: 20 };
const knn = { field: 'v', query_vector: [0, 1] };
const wire = (request: object): Readonly<Record<string, unknown>> =>
  planSearch(frozen({ rerank: { query: 'bees' }, ...request }), undefined, defaults).wire;

describe('a kNN search without k', () => {
  it('finds the same neighbours on every page: as many as the window, or as the page where that is larger', () => {
    for (const page of [{}, { from: 10 }, { from: 20 }, { from: 60, size: 5 }, { search_after: [3] }, { size: 0 }]) {
      expect(wire({ knn, ...page })['knn']).toEqual({ ...knn, k: 20 });
    }
    for (const from of [0, 30, 60]) expect(wire({ knn, from, size: 30 })['knn']).toEqual({ ...knn, k: 30 });
  });

  it('looks at no fewer candidates than it shall find', () => {
    expect(wire({ knn: { ...knn, num_candidates: 5 } })['knn']).toEqual({ ...knn, k: 20, num_candidates: 20 });
    expect(wire({ knn: { ...knn, num_candidates: 99 } })['knn']).toEqual({ ...knn, k: 20, num_candidates: 99 });
  });

  it('is told so wherever in the request it stands', () => {
    const told = { ...knn, k: 20 };
    expect(wire({ knn: [knn, { ...knn, boost: 2 }] })['knn']).toEqual([told, { ...told, boost: 2 }]);
    const clauses = (inner: object): object => ({
      query: {
        bool: { must: [{ match: { body: 'bees' } }], should: { nested: { path: 'c', query: { knn: inner } } } },
      },
      post_filter: { knn: inner },
      rescore: [{ query: { rescore_query: { knn: inner } } }],
      aggs: { near: { filter: { knn: inner } } },
    });
    expect(wire(clauses(knn))).toMatchObject(clauses(told));
    const retriever = (inner: object): object => ({ standard: { query: { dis_max: { queries: [{ knn: inner }] } } } });
    expect(wire({ retriever: retriever(knn) })['retriever']).toEqual(retriever(told));
    expect(wire({ body: { knn } })['body']).toEqual({ knn: told });
  });

  it('is left alone where it says k, and so is what only looks like one', () => {
    for (const request of [
      { knn: { ...knn, k: 3, num_candidates: 4 } },
      { query: { match: { knn: 'bees' } } },
      { query: { match: { knn: { query: 'bees' } } } },
      { query: { term: { field: { value: 'knn' } } } },
    ]) {
      expect(withNeighbours(request, 20)).toEqual(request);
    }
  });

  it('finds, among several searches, as many as it gives to the fusion', () => {
    const given = { ...knn, num_candidates: 50 };
    expect(withPoolSize({ knn: given }, 100)).toEqual({ size: 100, knn: { ...knn, k: 100, num_candidates: 100 } });
    expect(withPoolSize({ knn: given, size: 7 }, 100)).toEqual({ size: 7, knn: { ...given, k: 7 } });
    expect(withPoolSize({ knn: given, size: 0 }, 30)).toEqual({ size: 0, knn: { ...given, k: 30 } });
  });
});
