import type { Client, estypes } from '@elastic/elasticsearch';
import { byScore } from '@secondpass/core';
import { createRerankingClient } from '@secondpass/elasticsearch';
import type { RerankingClient } from '@secondpass/elasticsearch';
import { beforeAll, describe, expect, it } from 'vitest';
import { corpusName, readQueries, type Doc } from './corpus.ts';
import { noServer, onServer, useServer } from './harness.ts';
import { lexical } from './lexical-scorer.ts';

const pages = 100;
const size = 10;
const window = 50;

describe.skipIf(noServer)(`paging with rerank, ${onServer} (${corpusName})`, () => {
  const context = useServer({ shards: 3 });
  let client: RerankingClient<Client>;
  let question: string;
  /** Matches far more than 1,000 documents. */
  let query: estypes.QueryDslQueryContainer;
  let expected: string[];
  let firstStage: string[];
  beforeAll(async () => {
    client = createRerankingClient(context.client, { reranker: byScore(lexical), text: ['title', 'body'], window });
    question = readQueries(context.docs, 1)[0]!.text;
    query = { bool: { should: [{ match: { body: question } }, { match_all: {} }] } };
    // The oracle: the whole ranking, from one unpaged search of each kind.
    const first = await context.client.search<Doc>({ index: 'docs', query, size: pages * size + 100 });
    const { hits } = await client.rerankHits(first.hits.hits.slice(0, window), question);
    expected = [...hits, ...first.hits.hits.slice(window)].map(({ _id }) => _id!);
    firstStage = first.hits.hits.map(({ _id }) => _id!);
  });

  it('gives 100 pages of 10 over a window of 50 with from and size: every hit once, in one stable order', async () => {
    expect(expected.slice(0, window)).not.toEqual(firstStage.slice(0, window));
    const seen: string[] = [];
    for (let page = 0; page < pages; page++) {
      const { hits, rerank } = await client.search<Doc>({ index: 'docs', query, from: page * size, size, rerank: {} });
      expect(rerank.applied).toBe(page * size < window);
      seen.push(...hits.hits.map(({ _id }) => _id!));
      for (const [at, { _id, _score, _secondpass }] of hits.hits.entries()) {
        const place = page * size + at;
        expect(_score === null).toBe(place >= window);
        expect(_secondpass.firstStage.place).toBe(firstStage.indexOf(_id!) + 1);
      }
    }
    expect(seen).toHaveLength(pages * size);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expected.slice(0, seen.length));
    const again = await client.search<Doc>({ index: 'docs', query, from: 40, size, rerank: {} });
    expect(again.hits.hits.map(({ _id }) => _id)).toEqual(seen.slice(40, 50));
  });

  it('cuts pages of any size and place, also across the boundary, from the same order', async () => {
    for (const [from, size] of [
      [0, 1],
      [45, 10],
      [49, 1],
      [49, 2],
      [50, 1],
      [7, 43],
      [7, 44],
      [0, 120],
      [51, 3],
      [0, 50],
      [0, 51],
    ] as const) {
      const { hits } = await client.search<Doc>({ index: 'docs', query, from, size, rerank: {} });
      expect(
        hits.hits.map(({ _id }) => _id),
        `from ${from}, size ${size}`,
      ).toEqual(expected.slice(from, from + size));
    }
  });

  it('ends with the window where topK or minScore ends it, however far one pages', async () => {
    const page = await client.search<Doc>({
      index: 'docs',
      query,
      from: 48,
      size: 10,
      rerank: { topK: 49, query: question },
    });
    expect(page.hits.hits.map(({ _id }) => _id)).toEqual(expected.slice(48, 49));
    const beyond = await client.search<Doc>({
      index: 'docs',
      query,
      from: 60,
      size: 10,
      rerank: { topK: 49, query: question },
    });
    expect(beyond.hits.hits).toEqual([]);
    expect(beyond.hits.total).toEqual(page.hits.total);
  });

  it('pages with search_after under a point in time across the boundary, while the index changes', async () => {
    const { id } = await context.client.openPointInTime({ index: 'docs', keep_alive: '2m' });
    const request = { pit: { id, keep_alive: '2m' }, query, sort: ['_score', { number: 'asc' as const }], size: 15 };
    const whole = await context.client.search<Doc>({ ...request, size: 400 });
    const { hits } = await client.rerankHits(whole.hits.hits.slice(0, window), question);
    const oracle = [...hits, ...whole.hits.hits.slice(window)].map(({ _id }) => _id!);
    const seen: string[] = [];
    let after: estypes.SortResults | undefined;
    let pit = id;
    for (let page = 0; page < 20; page++) {
      const params: estypes.SearchRequest = {
        ...request,
        pit: { id: pit, keep_alive: '2m' },
        ...(after && { search_after: after }),
      };
      const out = await client.search<Doc>({ ...params, rerank: { query: question } });
      seen.push(...out.hits.hits.map(({ _id }) => _id!));
      after = out.hits.hits.at(-1)!.sort!;
      pit = out.pit_id!;
      expect(out.hits.hits.every(({ _secondpass }) => _secondpass.firstStage.sort!.length > 1)).toBe(true);
      await context.client.index({
        index: 'docs',
        id: `new${page}`,
        document: { title: question, body: question },
        refresh: true,
      });
    }
    expect(seen).toEqual(oracle.slice(0, 300));
    await expect(
      client.search({ ...request, search_after: ['secondpass:10/50'], rerank: { query: question, window: 40 } }),
    ).rejects.toThrow(/keep the window/u);
    await context.client.closePointInTime({ id: pit });
    for (let page = 0; page < 20; page++)
      await context.client.delete({ index: 'docs', id: `new${page}`, refresh: true });
  });

  it('pages with collapse, aggregations and totals as they are', async () => {
    const request = {
      index: 'docs',
      query,
      collapse: { field: 'group' },
      aggs: { all: { value_count: { field: 'number' } } },
      track_total_hits: true,
    };
    const seen: string[] = [];
    for (let from = 0; from < 40; from += 7) {
      const out = await client.search<Doc>({ ...request, from, size: 7, rerank: { query: question, window: 20 } });
      expect(out.hits.total).toMatchObject({ value: 5000, relation: 'eq' });
      expect(out.aggregations!['all']).toEqual({ value: 5000 });
      seen.push(...out.hits.hits.map(({ _source }) => _source!.group));
    }
    expect(seen.toSorted()).toEqual(Array.from({ length: 40 }, (_, at) => `g${at}`).toSorted());
  });
});
