import type { Client, estypes } from '@elastic/elasticsearch';
import { rerankHits } from '@secondpass/elasticsearch';
import type { RerankingClient } from '@secondpass/elasticsearch';
import { beforeAll, describe, expect, it } from 'vitest';
import { corpusName, vectorOf, type Doc } from './corpus.ts';
import { noServer, onServer, useServer } from './harness.ts';
import { ids, match, reranker, searching } from './searching.ts';

describe.skipIf(noServer)(`parameters of a search with rerank, ${onServer} (${corpusName})`, () => {
  const context = useServer();
  let client: RerankingClient<Client>;

  let question: string;
  beforeAll(() => {
    ({ client, question } = searching(context));
  });

  it('leaves aggregations, totals, suggestions, profile and highlights as the search alone answers them', async () => {
    const request = {
      index: 'docs',
      query: match(question),
      track_total_hits: true,
      aggs: { groups: { terms: { field: 'group', size: 5 } }, mean: { avg: { field: 'number' as const } } },
      suggest: { spell: { text: 'proteen', term: { field: 'body' } } },
      highlight: { fields: { body: { number_of_fragments: 2 } } },
      profile: true,
    };
    const plain = await client.search<Doc>({ ...request, size: 50 });
    const out = await client.search<Doc>({ ...request, size: 50, rerank: {} });
    expect(out.hits.total).toEqual(plain.hits.total);
    expect(out.aggregations).toEqual(plain.aggregations);
    expect(out.suggest).toEqual(plain.suggest);
    expect(out.profile!.shards).toHaveLength(2);
    expect(out.rerank.applied).toBe(true);
    for (const { _id, highlight } of out.hits.hits) {
      expect(highlight).toEqual(plain.hits.hits.find((hit) => hit._id === _id)!.highlight);
    }
    const untracked = await client.search({
      index: 'docs',
      query: match(question),
      track_total_hits: false,
      rerank: {},
    });
    expect(untracked.hits).not.toHaveProperty('total');
  });

  it('appends to explanations and keeps what the search explained', async () => {
    const plain = await client.search<Doc>({ index: 'docs', query: match(question), explain: true, size: 50 });
    const out = await client.search<Doc>({ index: 'docs', query: match(question), explain: true, rerank: {} });
    for (const { _id, _score, _explanation } of out.hits.hits) {
      const original = plain.hits.hits.find((hit) => hit._id === _id)!._explanation!;
      expect(_explanation!.value).toBe(_score);
      expect(_explanation!.description).toContain('lexical');
      expect(_explanation!.details!.at(-1)).toEqual(original);
    }
  });

  it('collapses, with inner hits, and reranks the heads of the groups', async () => {
    const request = {
      index: 'docs',
      query: match(question),
      collapse: { field: 'group', inner_hits: { name: 'others', size: 2 } },
    };
    const plain = await client.search<Doc>({ ...request, size: 50 });
    const out = await client.search<Doc>({ ...request, size: 50, rerank: {} });
    expect(ids(out).toSorted()).toEqual(ids(plain).toSorted());
    expect(new Set(out.hits.hits.map((hit) => hit.fields!['group'][0])).size).toBe(out.hits.hits.length);
    for (const { _id, inner_hits, _score } of out.hits.hits) {
      expect(inner_hits).toEqual(plain.hits.hits.find((hit) => hit._id === _id)!.inner_hits);
      expect(_score).toEqual(expect.any(Number));
    }
  });

  it('reranks what a rescore, min_score, post_filter, terminate_after or knn of the search leave', async () => {
    const variants: estypes.SearchRequest[] = [
      {
        query: match(question),
        rescore: {
          window_size: 50,
          query: { rescore_query: { match_phrase: { body: question.split(' ').slice(0, 2).join(' ') } } },
        },
      },
      { query: match(question), min_score: 3 },
      { query: match(question), post_filter: { term: { tags: 't1' } } },
      { query: match(question), terminate_after: 40 },
      { query: match(question), timeout: '20s' },
      { query: match(question), knn: { field: 'vector', query_vector: vectorOf(question), k: 20, num_candidates: 50 } },
      { retriever: { standard: { query: match(question) } } },
      {
        query: match(question),
        _source: ['title', 'body'],
        docvalue_fields: ['number'],
        stored_fields: ['_source'],
        version: true,
      },
    ];
    for (const request of variants) {
      const plain = await client.search<Doc>({ index: 'docs', ...request, size: 50 });
      const out = await client.search<Doc>({ index: 'docs', ...request, size: 50, rerank: {} });
      expect(plain.hits.hits.length, JSON.stringify(request)).toBeGreaterThan(0);
      expect(ids(out).toSorted()).toEqual(ids(plain).toSorted());
      expect(out.hits.total).toEqual(plain.hits.total);
      for (const { _score, _secondpass, ...rest } of out.hits.hits) {
        const { _score: score, ...original } = plain.hits.hits.find(({ _id }) => _id === rest._id)!;
        expect(rest).toEqual(original);
        expect(_secondpass.firstStage.score).toBe(score);
        expect(_score).not.toBe(score);
      }
      const { hits } = await rerankHits(plain.hits.hits, question, { reranker, text: ['title', 'body'] });
      expect(ids(out)).toEqual(hits.map(({ _id }) => _id));
    }
  });

  it('asks a retriever that is made of others for no more than its window', async () => {
    const query: estypes.SearchRescoreQuery = { rescore_query: { match: { title: question } } };
    const cases: [estypes.SearchRescore, number][] = [
      [{ window_size: 20, query }, 20],
      [{ query }, 10],
    ];
    for (const [rescore, most] of cases) {
      const retriever: estypes.RetrieverContainer = {
        rescorer: { retriever: { standard: { query: match(question) } }, rescore },
      };
      const request = { index: 'docs', retriever };
      await expect(client.search({ ...request, size: most + 1 })).rejects.toMatchObject({ statusCode: 400 });
      await expect(client.search({ ...request, size: most + 1, rerank: {} })).rejects.toMatchObject({
        statusCode: 400,
      });
      const plain = await client.search<Doc>({ ...request, size: most });
      expect(plain.hits.hits).toHaveLength(most);
      const out = await client.search<Doc>({ ...request, size: most, rerank: {} });
      const { hits } = await rerankHits(plain.hits.hits, question, { reranker, text: ['title', 'body'] });
      expect(ids(out)).toEqual(hits.map(({ _id }) => _id));
      expect(out.rerank).toMatchObject({ window: most, scored: most, notes: [{ code: 'smaller-window' }] });
      const seen: (string | undefined)[] = [];
      for (let from = 0; from < most; from += 7) {
        seen.push(...ids(await client.search<Doc>({ ...request, from, size: 7, rerank: {} })));
      }
      expect(seen).toEqual(ids(out));
      const below = { ...request, from: most, size: 5 };
      expect(ids(await client.search({ ...below, rerank: {} }))).toEqual(ids(await client.search(below)));
      const searches = [{ query: match(question) }, { retriever }];
      const fused = await client.fusedSearch({ index: 'docs', searches });
      expect(fused.notes).toEqual([]);
      expect(fused.searches.map(({ found }) => found)).toEqual([100, most]);
    }
  });

  it('refuses scroll, a sort by anything but relevance, and a stream, each with the reason', async () => {
    const rerank = { query: question };
    await expect(client.search({ index: 'docs', scroll: '1m', rerank })).rejects.toThrow(/scroll.*search_after/su);
    await expect(client.search({ index: 'docs', rerank }, { asStream: true })).rejects.toThrow(/asStream/u);
    const sorts: estypes.Sort[] = [
      'number',
      'number:desc',
      [{ number: 'asc' }],
      [{ _score: { order: 'asc' } }],
      [{ number: { order: 'desc' } }, '_score'],
    ];
    for (const sort of sorts) {
      await expect(client.search({ index: 'docs', sort, rerank })).rejects.toThrow(/sorts by .*signal/su);
    }
    for (const sort of [
      '_score',
      [{ _score: { order: 'desc' } }, { number: 'asc' }],
      ['_score', 'number'],
    ] as estypes.Sort[]) {
      const out = await client.search({ index: 'docs', query: match(question), sort, rerank: {} });
      expect(out.rerank.applied).toBe(true);
    }
    await expect(client.search({ index: 'docs', rerank: { windw: 5 } as never })).rejects.toThrow(
      /did you mean "window"/u,
    );
  });

  it('reranks what came of a search in which a shard failed, and says so', async () => {
    await context.client.indices.create({
      index: 'odd',
      settings: { number_of_shards: 1, number_of_replicas: 0 },
      mappings: { properties: { group: { type: 'text' }, body: { type: 'text' } } },
    });
    await context.client.index({ index: 'odd', document: { body: question, title: question }, refresh: true });
    const aggs = { groups: { terms: { field: 'group' } } };
    const plain = await client.search({ index: 'docs,odd', query: match(question), aggs, size: 50 });
    expect(plain._shards.failed).toBe(1);
    const out = await client.search({ index: 'docs,odd', query: match(question), aggs, size: 50, rerank: {} });
    expect(out._shards).toEqual(plain._shards);
    expect(ids(out).toSorted()).toEqual(ids(plain).toSorted());
    expect(out.rerank.applied).toBe(true);
    expect(out.rerank.notes.map(({ code }) => code)).toEqual(['shards-failed']);
    await context.client.indices.delete({ index: 'odd' });
  });
});
