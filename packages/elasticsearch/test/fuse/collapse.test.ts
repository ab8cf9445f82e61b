import { inputOrder } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { createRerankingClient } from '../../src/index.ts';

interface Search {
  readonly ids?: readonly number[];
  readonly collapse?: { readonly field: string };
}

/** Answers with the documents that a search names, of group `number % 3`; every ninth has none. */
const client = createRerankingClient(
  {
    search: async () => ({}),
    msearch: async ({ searches }: { searches: readonly Search[] }) => ({
      took: 1,
      responses: searches
        .filter((_, at) => at % 2 === 1)
        .map(({ ids = [], collapse }) => ({
          took: 1,
          timed_out: false,
          _shards: { total: 1, successful: 1, skipped: 0, failed: 0 },
          hits: {
            total: { value: ids.length, relation: 'eq' },
            hits: ids.map((id, at) => ({
              _index: 'i',
              _id: `${id}`,
              _score: 9 - at,
              _source: { body: `text ${id}` },
              ...(collapse && id % 9 !== 0 && { fields: { [collapse.field]: [`g${id % 3}`] } }),
            })),
          },
        })),
    }),
  },
  { reranker: inputOrder, text: 'body' },
);
const fused = (searches: readonly Search[], more: object = {}) =>
  client.fusedSearch({ index: 'i', pit: false, searches: searches as never, ...more });
const byGroup = { collapse: { field: 'group' } };

describe('searches that collapse by one field', () => {
  it('give a list with one hit per value: the best', async () => {
    const searches = [
      { ids: [1, 2, 3], ...byGroup },
      { ids: [5, 4, 6], ...byGroup },
      { ids: [8], ...byGroup },
    ];
    const { hits } = await fused(searches, { size: 20 });
    expect(hits.hits.map(({ _id }) => _id)).toEqual(['1', '5', '3']);
    expect(hits.total.value).toBe(3);
    expect(hits.hits[1]!._secondpass.sources).toMatchObject([{ search: 'search 2', rank: 1 }]);
    const second = await fused(searches, { from: 1, size: 1, rerank: { query: 'q', window: 2 } });
    expect(second.hits.hits.map(({ _id }) => _id)).toEqual(['5']);
    expect(second.hits.hits[0]!._secondpass.sources).toMatchObject([{ search: 'search 2', rank: 1 }]);
  });

  it('count documents without a value as one group, as Elasticsearch does', async () => {
    const { hits } = await fused([
      { ids: [9, 1], ...byGroup },
      { ids: [18, 4], ...byGroup },
    ]);
    expect(hits.hits.map(({ _id }) => _id)).toEqual(['9', '1']);
  });

  it('are refused where some collapse by another field or not at all, since groups would stand there twice', async () => {
    const other = { ids: [2], collapse: { field: 'author' } };
    await expect(fused([{ ids: [1], ...byGroup }, other])).rejects.toThrow(/"search 2".*author.*"search 1".*group/u);
    await expect(fused([{ ids: [1], ...byGroup }, { ids: [2] }])).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(fused([{ ids: [1] }, { ids: [2], ...byGroup }])).rejects.toThrow(/all searches/u);
  });

  it('are collapsed in parts of a question too', async () => {
    const out = await client.decomposedSearch({
      index: 'i',
      pit: false,
      question: 'a?',
      decomposer: { name: 'given', decompose: async () => ({ value: [{ text: 'b?' }] }) },
      template: ((question: string) => ({ ids: question === 'a?' ? [1, 2] : [4, 5], ...byGroup })) as never,
    });
    expect(out.hits.hits.map(({ _id }) => _id)).toEqual(['1', '2']);
  });
});
