import { Client, errors } from '@elastic/elasticsearch';
import type { estypes } from '@elastic/elasticsearch';
import { byScore } from '@secondpass/core';
import type { Reranker } from '@secondpass/core';
import { createRerankingClient, rerankHits } from '@secondpass/elasticsearch';
import type { RerankingClient } from '@secondpass/elasticsearch';
import { beforeAll, describe, expect, it } from 'vitest';
import { corpusName, readQueries, vectorOf, type Doc, type Query } from './corpus.ts';
import { noServer, onServer, useServer } from './harness.ts';
import { lexical } from './lexical-scorer.ts';

const reranker = byScore(lexical);

/** A request that nobody may change. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

const match = (text: string): estypes.QueryDslQueryContainer => ({
  multi_match: { query: text, fields: ['title', 'body'] },
});
const ids = (response: { hits: { hits: { _id?: string }[] } }): (string | undefined)[] =>
  response.hits.hits.map(({ _id }) => _id);

describe.skipIf(noServer)(`search with rerank, ${onServer} (${corpusName})`, () => {
  const context = useServer();
  let client: RerankingClient<Client>;
  let queries: Query[];
  let question: string;
  beforeAll(() => {
    client = createRerankingClient(context.client, { reranker, text: ['title', 'body'] });
    queries = readQueries(context.docs, 30);
    question = queries[0]!.text;
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
      rerank: { reranker, text: 'body' },
    });
    const out = (await spied.search(request)) as unknown as estypes.SearchResponse<Doc>;
    expect(sent).toMatchObject({ from: 0, size: 50 });
    expect(sent).not.toHaveProperty('rerank');
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
    await expect(client.count({ index: 'docs' })).resolves.toMatchObject({ count: 5000 });
    expect(await client.ping()).toBe(true);
    expect(client.search({ index: 'docs', size: 1 }, { asStream: true })).toBeInstanceOf(Promise);
    expect(client).toBeInstanceOf(Client);
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
      const { hits } = await rerankHits(plain.hits.hits, question, { reranker, text: ['title', 'body'] });
      expect(ids(out)).toEqual(hits.map(({ _id }) => _id));
    }
  });

  it('takes the question from every query that holds it, and asks for it where none does', async () => {
    const text = question;
    const vector = { field: 'vector', query_vector: vectorOf(text), k: 20, num_candidates: 50 };
    const bodies: estypes.SearchRequest[] = [
      { query: { match: { body: text } } },
      { query: { match: { body: { query: text, operator: 'or' } } } },
      { query: { multi_match: { query: text, fields: ['title^2', 'body'] } } },
      { query: { match_bool_prefix: { body: text } } },
      { query: { combined_fields: { query: text, fields: ['title', 'body'] } } },
      { query: { simple_query_string: { query: text.replace(/[^\p{L}\p{N}\s]/gu, ' '), fields: ['body'] } } },
      { query: { query_string: { query: text.replace(/[^\p{L}\p{N}\s]/gu, ' '), default_field: 'body' } } },
      {
        query: {
          bool: {
            must: [{ match: { body: text } }],
            should: { match: { title: text } },
            filter: { match: { tags: 't1' } },
          },
        },
      },
      { query: { nested: { path: 'chunks', query: { match: { 'chunks.text': text } } } } },
      { query: { dis_max: { queries: [{ match: { body: text } }, { match: { title: text } }] } } },
      {
        query: {
          function_score: {
            query: { match: { body: text } },
            functions: [{ field_value_factor: { field: 'clicks', missing: 1 } }],
          },
        },
      },
      {
        query: {
          boosting: { positive: { match: { body: text } }, negative: { term: { tags: 't2' } }, negative_boost: 0.5 },
        },
      },
      { retriever: { standard: { query: { match: { body: text } } } } },
      { query: { match: { body: text } }, knn: vector },
    ];
    for (const body of bodies) {
      const taken = await client.search<Doc>({ index: 'docs', ...body, size: 20, rerank: {} });
      const given = await client.search<Doc>({ index: 'docs', ...body, size: 20, rerank: { query: text } });
      expect(taken.rerank.applied, JSON.stringify(body)).toBe(true);
      expect(ids(taken)).toEqual(ids(given));
    }
    for (const body of [
      { knn: vector },
      { retriever: { knn: vector } },
      { query: { term: { tags: 't1' } } },
    ] as estypes.SearchRequest[]) {
      await expect(client.search({ index: 'docs', ...body, rerank: {} })).rejects.toThrow(/pass rerank\.query/u);
      const out = await client.search({ index: 'docs', ...body, rerank: { query: text } });
      expect(out.rerank.applied).toBe(true);
    }
    const two = { query: { bool: { should: [{ match: { body: 'bees' } }, { match: { title: 'ants' } }] } } };
    await expect(client.search({ index: 'docs', ...two, rerank: {} })).rejects.toThrow(/2 different texts/u);
  });

  it('reads text from paths, templates, fields, highlights, inner hits, nested and multi-valued fields, objects', async () => {
    const read: string[] = [];
    const reading: Reranker = {
      name: 'reading',
      rerank(query, candidates, options) {
        read.push(...candidates.map(({ content }) => content as string));
        return reranker.rerank(query, candidates, options);
      },
    };
    const run = async (
      text: NonNullable<Parameters<typeof rerankHits>[2]>['text'],
      more: estypes.SearchRequest = {},
    ) => {
      read.length = 0;
      const response = await client.search<Doc>({
        index: 'docs',
        query: match(question),
        size: 10,
        ...more,
        rerank: { reranker: reading, window: 10, text: text! as never },
      });
      return { response, hit: response.hits.hits.find(({ _secondpass }) => _secondpass.firstStage.place === 1)! };
    };
    const first = async (text: never, more?: estypes.SearchRequest): Promise<[string, Doc]> => {
      const { hit } = await run(text, more);
      return [read[0]!, hit._source!];
    };
    let [text, doc] = await first('body' as never);
    expect(text).toBe(doc.body);
    [text, doc] = await first('{title} -- {body}' as never);
    expect(text).toBe(`${doc.title} -- ${doc.body}`);
    [text, doc] = await first('tags' as never);
    expect(text).toBe(doc.tags.join(', '));
    [text, doc] = await first('chunks.text' as never);
    expect(text).toBe(doc.chunks.map((chunk) => chunk.text).join(', '));
    [text, doc] = await first('meta' as never);
    expect(text).toBe(`source: ${doc.meta.source}\nwords: ${doc.meta.words}`);
    [text, doc] = await first(((hit: { _source: Doc }) => hit._source.title) as never);
    expect(text).toBe(doc.title);

    const { hit: withoutSource } = await run('body', { _source: false, fields: ['body'] });
    expect(withoutSource).not.toHaveProperty('_source');
    expect(read[0]).toBe(withoutSource.fields!['body'][0]);

    const { response: highlighted } = await run(
      { highlight: true },
      { highlight: { fields: { body: { number_of_fragments: 3 } } } },
    );
    expect(read.length).toBeGreaterThan(10);
    expect(read.join()).not.toContain('<em>');
    const scores = highlighted.hits.hits.map(({ _score }) => _score!).filter((score) => score !== null);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));

    const { response: each } = await run({ each: 'chunks.text' });
    for (const { _score, _secondpass, _source } of each.hits.hits) {
      const texts = _source!.chunks.map((chunk) => chunk.text);
      if (texts.length < 2) continue;
      const { value } = await lexical.score(
        question,
        texts.map((content, at) => ({ id: `${at}`, content })),
      );
      const best = Math.max(...(value.scores as number[]));
      expect(_score).toBe(best);
      expect(_secondpass.passage!.text).toBe(texts[(value.scores as number[]).indexOf(best)]);
    }

    await run(
      { innerHits: 'passages', text: 'text' },
      {
        query: {
          nested: { path: 'chunks', query: { match: { 'chunks.text': question } }, inner_hits: { name: 'passages' } },
        },
      },
    );
    expect(read.length).toBeGreaterThanOrEqual(10);
    expect(context.docs.some((one) => one.chunks.some((chunk) => chunk.text === read[0]))).toBe(true);
  });

  it('leaves hits without text where the search put them, and says so', async () => {
    let seen = 0;
    for (const { text } of queries) {
      const plain = await client.search<Doc>({ index: 'docs', query: match(text), size: 50 });
      const out = await client.search<Doc>({
        index: 'docs',
        query: match(text),
        size: 50,
        rerank: { text: 'summary' },
      });
      expect(ids(out).toSorted()).toEqual(ids(plain).toSorted());
      const bare = plain.hits.hits.flatMap((hit, at) => (hit._source!.summary === undefined ? [at] : []));
      seen += bare.length;
      for (const at of bare) {
        expect(out.hits.hits[at]).toMatchObject({ _id: plain.hits.hits[at]!._id, _score: null });
        expect(out.hits.hits[at]!._secondpass).toEqual({
          firstStage: { place: at + 1, score: plain.hits.hits[at]!._score },
        });
      }
      const note = out.rerank.notes.find(({ code }) => code === 'unscored');
      expect(note?.ids ?? []).toEqual(bare.map((at) => plain.hits.hits[at]!._id));
      expect(out.rerank.unscored).toBe(bare.length);
    }
    expect(seen).toBeGreaterThan(10);
    const none = await client.search({ index: 'docs', query: match(question), rerank: { text: 'nowhere' } });
    expect(none.rerank).toMatchObject({ applied: false, reason: 'nothing-scored' });
    expect(none.hits.hits[0]!._score).toBe(none.hits.max_score);
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
