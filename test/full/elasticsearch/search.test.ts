import { Client, errors } from '@elastic/elasticsearch';
import type { estypes } from '@elastic/elasticsearch';
import type { Reranker } from '@secondpass/core';
import { createRerankingClient } from '@secondpass/elasticsearch';
import type { RerankingClient } from '@secondpass/elasticsearch';
import { beforeAll, describe, expect, it } from 'vitest';
import { corpusName, type Doc, type Query } from './corpus.ts';
import { noServer, onServer, useServer } from './harness.ts';
import { ids, match, reranker, searching } from './searching.ts';

/** A request that nobody may change. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

describe.skipIf(noServer)(`search with rerank, ${onServer} (${corpusName})`, () => {
  const context = useServer();
  let client: RerankingClient<Client>;
  let queries: Query[];
  let question: string;
  beforeAll(() => {
    ({ client, queries, question } = searching(context));
  });

  it('gives the order and the scores that the core alone gives for the same candidates', async () => {
    let changed = 0;
    for (const { text } of queries) {
      const plain = await client.search<Doc>({ index: 'docs', query: match(text), size: 50 });
      const candidates = plain.hits.hits.map((hit, at) => ({
        id: String(at),
        content: `${hit._source!.title}\n${hit._source!.body}`,
        hit,
      }));
      const { results } = await reranker.rerank(text, candidates);
      const reranked = await client.search<Doc>({ index: 'docs', query: match(text), size: 50, rerank: {} });
      expect(ids(reranked)).toEqual(results.map(({ candidate }) => candidate.hit._id));
      expect(reranked.hits.hits.map(({ _score }) => _score)).toEqual(results.map(({ score }) => score!.value));
      expect(reranked.hits.max_score).toBe(reranked.hits.hits[0]?._score ?? null);
      expect(reranked.rerank).toMatchObject({ applied: true, window: 50, scored: results.length, unscored: 0 });
      for (const { _id, _secondpass } of reranked.hits.hits) {
        const place = plain.hits.hits.findIndex((hit) => hit._id === _id);
        expect(_secondpass.firstStage).toEqual({ place: place + 1, score: plain.hits.hits[place]!._score });
        expect(_secondpass.placedBy).toBe('lexical');
      }
      if (ids(reranked).join() !== ids(plain).join()) changed++;
    }
    expect(changed).toBeGreaterThan(queries.length / 2);
  });

  it('changes nothing that it is given and passes on everything that came, by reference', async () => {
    let sent: unknown;
    let came!: estypes.SearchResponse<Doc>;
    const spied = createRerankingClient({
      search: async (params: object, options?: object) => {
        sent = params;
        return (came = (await context.client.search(params, options)) as never);
      },
    });
    const request = frozen({
      index: 'docs',
      query: match(question),
      aggs: { groups: { terms: { field: 'group' } } },
      highlight: { fields: { body: {} } },
      timeout: '20s',
      preference: '_local',
      rerank: { reranker, text: 'body' },
    });
    const out = (await spied.search(request)) as unknown as estypes.SearchResponse<Doc>;
    const { rerank: _, ...rest } = request;
    expect(sent).toEqual({ ...rest, from: 0, size: 50 });
    expect(out.aggregations).toBe(came.aggregations);
    expect(out._shards).toBe(came._shards);
    expect(out.hits.total).toBe(came.hits.total);
    expect(out.hits.hits).toHaveLength(10);
    for (const hit of out.hits.hits) {
      const original = came.hits.hits.find(({ _id }) => _id === hit._id)!;
      expect(hit._source).toBe(original._source);
      expect(hit.highlight).toBe(original.highlight);
      expect(original).not.toHaveProperty('_secondpass');
      expect(original._score).toBeGreaterThan(0);
    }
  });

  it('without rerank is the client itself, for every method', async () => {
    const params = { index: 'docs', query: match(question), size: 3 };
    const { took: _, ...plain } = await context.client.search(params);
    const { took: __, ...same } = await client.search(params);
    expect(same).toEqual(plain);
    expect(client.indices).toBe(context.client.indices);
    expect(client.transport).toBe(context.client.transport);
    await expect(client.count({ index: 'docs' })).resolves.toMatchObject({ count: context.docs.length });
    expect(await client.ping()).toBe(true);
    expect(client.search({ index: 'docs', size: 1 }, { asStream: true })).toBeInstanceOf(Promise);
    expect(client).toBeInstanceOf(Client);
  });

  it('answers with meta as the client does', async () => {
    const out = await client.search<Doc>({ index: 'docs', query: match(question), rerank: {} }, { meta: true });
    expect(out.statusCode).toBe(200);
    expect(out.headers).toHaveProperty('x-elastic-product', 'Elasticsearch');
    expect(out.warnings).toBeNull();
    expect(out.body.rerank.applied).toBe(true);
    expect(out.body.hits.hits[0]!._secondpass.firstStage.score).toBeGreaterThan(0);
  });

  it('keeps topK and drops below minScore, in the whole ranking and not in the page', async () => {
    const all = await client.search<Doc>({ index: 'docs', query: match(question), size: 50, rerank: {} });
    const top = await client.search<Doc>({ index: 'docs', query: match(question), size: 50, rerank: { topK: 7 } });
    expect(ids(top)).toEqual(ids(all).slice(0, 7));
    const page = await client.search<Doc>({
      index: 'docs',
      query: match(question),
      from: 5,
      size: 5,
      rerank: { topK: 7 },
    });
    expect(ids(page)).toEqual(ids(all).slice(5, 7));
    const value = all.hits.hits[12]!._score!;
    const above = await client.search<Doc>({
      index: 'docs',
      query: match(question),
      size: 50,
      rerank: { minScore: { kind: 'similarity', value } },
    });
    expect(ids(above)).toEqual(all.hits.hits.filter(({ _score }) => _score! >= value).map(({ _id }) => _id));
    await expect(
      client.search({ index: 'docs', query: match(question), rerank: { minScore: { kind: 'logit', value } } }),
    ).rejects.toThrow(/minScore asks for a logit/u);
  });

  it('reranks in msearch, helpers.search, rerankHits and a child client', async () => {
    const alone = await client.search<Doc>({ index: 'docs', query: match(question), rerank: {} });
    const { responses } = await client.msearch<Doc>({
      searches: [
        { index: 'docs' },
        { query: match(question), rerank: {} },
        { index: 'docs' },
        { query: match(question) },
        { index: 'absent' },
        { query: match(question), rerank: {} },
      ],
    });
    expect(ids(responses[0] as never)).toEqual(ids(alone));
    expect(responses[1]).not.toHaveProperty('rerank');
    expect((responses[1] as estypes.SearchResponse).hits.hits[0]).not.toHaveProperty('_secondpass');
    expect(responses[2]).toMatchObject({ status: 404, error: { type: 'index_not_found_exception' } });
    const documents = await client.helpers.search<Doc>({ index: 'docs', query: match(question), rerank: {} } as never);
    expect(documents.map(({ number }) => `d${number}`)).toEqual(ids(alone));
    const untouched = await client.helpers.search<Doc>({ index: 'docs', query: match(question) });
    expect(untouched).toHaveLength(10);
    const child = client.child({ headers: { 'x-test': '1' } }) as unknown as typeof client;
    expect(ids(await child.search({ index: 'docs', query: match(question), rerank: {} }))).toEqual(ids(alone));
    const plain = await client.search<Doc>({ index: 'docs', query: match(question), size: 50 });
    const { hits } = await client.rerankHits(plain.hits.hits, question);
    expect(hits.slice(0, 10).map(({ _id }) => _id)).toEqual(ids(alone));
  });

  it('answers searches with no hits, size 0 and ignored errors as the cluster does', async () => {
    const none = await client.search({ index: 'docs', query: { match: { body: 'zzzzqqq' } }, rerank: {} });
    expect(none.hits.hits).toEqual([]);
    expect(none.rerank).toMatchObject({ applied: false, reason: 'no-hits' });
    const zero = await client.search({
      index: 'docs',
      query: match(question),
      size: 0,
      track_total_hits: true,
      rerank: {},
    });
    expect(zero.hits.hits).toEqual([]);
    expect((zero.hits.total as estypes.SearchTotalHits).value).toBeGreaterThan(0);
    const ignored = await client.search({ index: 'absent', query: match(question), rerank: {} }, { ignore: [404] });
    expect(ignored).toMatchObject({ error: { type: 'index_not_found_exception' } });
    await expect(client.search({ index: 'absent', query: match(question), rerank: {} })).rejects.toBeInstanceOf(
      errors.ResponseError,
    );
  });

  it('answers in the first-stage order when the reranker fails or is late, or throws if told so', async () => {
    const failing: Reranker = { name: 'failing', rerank: () => Promise.reject(new Error('no memory')) };
    const hanging: Reranker = { name: 'hanging', rerank: () => new Promise(() => {}) };
    const request = { index: 'docs', query: match(question), from: 20, size: 15 };
    const plain = await client.search<Doc>(request);
    const failed = await client.search<Doc>({ ...request, rerank: { reranker: failing } });
    expect(ids(failed)).toEqual(ids(plain));
    expect(failed.hits.hits.map(({ _score }) => _score)).toEqual(plain.hits.hits.map(({ _score }) => _score));
    expect(failed.hits.max_score).toBe((await client.search({ ...request, from: 0 })).hits.max_score);
    expect(failed.rerank).toMatchObject({
      applied: false,
      reason: 'failed',
      notes: [{ code: 'fell-back', by: 'failing' }],
    });
    const late = await client.search<Doc>({ ...request, rerank: { reranker: hanging, timeoutMs: 5000 } });
    expect(ids(late)).toEqual(ids(plain));
    expect(late.rerank).toMatchObject({ applied: false, reason: 'timed-out', notes: [{ code: 'timed-out' }] });
    await expect(client.search({ ...request, rerank: { reranker: failing, onFailure: 'throw' } })).rejects.toThrow(
      'no memory',
    );
    await expect(
      client.search({ ...request, rerank: { reranker: hanging, onFailure: 'throw', timeoutMs: 5000 } }),
    ).rejects.toMatchObject({
      code: 'timed-out',
    });
    const controller = new AbortController();
    const aborted = client.search({ ...request, rerank: { reranker: hanging } }, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('changed my mind')), 300);
    await expect(aborted).rejects.toThrow('changed my mind');
    await expect(client.search({ ...request, rerank: {} }, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/iu);
  });

  it('blends with the first stage and with signals', async () => {
    const request = { index: 'docs', query: match(question), size: 50 };
    const plain = await client.search<Doc>(request);
    const reranked = await client.search<Doc>({ ...request, rerank: {} });
    const of = (id: string | undefined) => ({
      first: plain.hits.hits.find(({ _id }) => _id === id)!._score!,
      second: reranked.hits.hits.find(({ _id }) => _id === id)!._score!,
    });
    const rescored = await client.search<Doc>({
      ...request,
      rerank: { blend: { queryWeight: 0.5, rescoreQueryWeight: 3 } },
    });
    for (const { _id, _score, _secondpass } of rescored.hits.hits) {
      expect(_score).toBeCloseTo(0.5 * of(_id).first + 3 * of(_id).second, 9);
      expect(_secondpass.earlier).toEqual([{ value: of(_id).second, kind: 'similarity', by: 'lexical' }]);
    }
    const firstOnly = await client.search<Doc>({ ...request, rerank: { blend: { weights: { reranker: 0 } } } });
    expect(ids(firstOnly)).toEqual(ids(plain));
    const secondOnly = await client.search<Doc>({ ...request, rerank: { blend: { weights: { firstStage: 0 } } } });
    expect(ids(secondOnly).slice(0, 5)).toEqual(ids(reranked).slice(0, 5));
    const popular = await client.search<Doc>({
      ...request,
      rerank: {
        signals: { clicks: 'clicks', recent: { date: 'published', scale: '365d', origin: '2024-01-01' } },
        blend: ({ signals }) => signals['clicks'],
      },
    });
    const clicks = popular.hits.hits.map(({ _source }) => _source!.clicks).filter((count) => count !== undefined);
    expect(clicks).toEqual(clicks.toSorted((a, b) => b - a));
    expect(
      popular.hits.hits.every(({ _source, _secondpass }) => _secondpass.signals!['clicks'] === _source!.clicks),
    ).toBe(true);
    for (const { _source, _secondpass } of popular.hits.hits) {
      const days = Math.abs(Date.parse(_source!.published) - Date.UTC(2024, 0, 1)) / 86_400_000;
      expect(_secondpass.signals!['recent']).toBeCloseTo(0.5 ** (days / 365), 9);
    }
  });
});
