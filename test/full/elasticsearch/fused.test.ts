import type { Client, estypes } from '@elastic/elasticsearch';
import { byScore, coverQuestions, reciprocalRank, weightedScores } from '@secondpass/core';
import type { Decomposer } from '@secondpass/core';
import { createRerankingClient } from '@secondpass/elasticsearch';
import type { FusedPart, RerankingClient } from '@secondpass/elasticsearch';
import { beforeAll, describe, expect, it } from 'vitest';
import { corpusName, readQueries, vectorOf, type Doc, type Query } from './corpus.ts';
import { noServer, onServer, useServer } from './harness.ts';
import { lexical } from './lexical-scorer.ts';

/** Reciprocal rank fusion, slowly: every document against every list. Ties by best rank, then by the order of the lists. */
function slowRrf(
  lists: readonly (readonly string[])[],
  k: number,
  weights: readonly number[] = [],
): [string, number][] {
  const all = [...new Set(lists.flat())];
  const rows = all.map((id) => {
    const ranks = lists.map((list) => list.indexOf(id) + 1);
    const score = ranks.reduce((sum, rank, at) => sum + (rank > 0 ? (weights[at] ?? 1) / (k + rank) : 0), 0);
    const best = Math.min(...ranks.filter((rank) => rank > 0));
    return { id, score, best, list: ranks.indexOf(best) };
  });
  rows.sort(
    (a, b) => (Math.abs(b.score - a.score) > 1e-12 ? b.score - a.score : 0) || a.best - b.best || a.list - b.list,
  );
  return rows.map(({ id, score }) => [id, score]);
}

type Part = FusedPart<estypes.SearchRequest>;
const lexically = (text: string): Part => ({
  name: 'lexical',
  query: { multi_match: { query: text, fields: ['title', 'body'] } },
});
const nearest = (text: string): Part => ({
  name: 'vectors',
  knn: { field: 'vector', query_vector: vectorOf(text), k: 100, num_candidates: 200 },
});
const template = (text: string): estypes.SearchRequest => ({
  query: { multi_match: { query: text, fields: ['title', 'body'] } },
});

/** The search alone, without what it is called and how it counts. */
function bodyOf(part: Part): estypes.SearchRequest {
  const body: Partial<Part> = { ...part };
  delete (body as { name?: string }).name;
  delete (body as { weight?: number }).weight;
  return body;
}

describe.skipIf(noServer)(`fused and decomposed search, ${onServer} (${corpusName})`, () => {
  const context = useServer();
  let client: RerankingClient<Client>;
  let queries: Query[];
  beforeAll(() => {
    client = createRerankingClient(context.client, { reranker: byScore(lexical), text: ['title', 'body'] });
    queries = readQueries(context.docs, 20);
  });

  it('fuses by reciprocal ranks as a slow oracle does over separate searches', async () => {
    // Under a point in time documents of equal score stand in another order than without; the fused search has one too.
    const { id } = await context.client.openPointInTime({ index: 'docs', keep_alive: '5m' });
    const pit = { id, keep_alive: '5m' };
    for (const { text } of queries) {
      const searches = [
        lexically(text),
        nearest(text),
        { name: 'titles', weight: 2, query: { match: { title: text } } },
      ];
      const lists: string[][] = [];
      for (const part of searches) {
        const { hits } = await context.client.search({ pit, size: 100, ...bodyOf(part) });
        lists.push(hits.hits.map(({ _id }) => _id!));
      }
      const oracle = slowRrf(lists, 60, [1, 1, 2]);
      const { hits } = await client.fusedSearch<Doc>({ index: 'docs', searches, size: 500 });
      // Equal sums may differ in their last bit, and so in their order; everything else may not.
      const inGroups = (rows: readonly (readonly [string, number])[]): string[] =>
        rows.map(([id, score]) => `${score.toFixed(12)} ${id}`).toSorted();
      expect(inGroups(hits.hits.map(({ _id, _score }) => [_id!, _score!]))).toEqual(inGroups(oracle));
      for (const [at, { _id, _score, _secondpass, _source }] of hits.hits.entries()) {
        expect(_score).toBeCloseTo(oracle[at]![1], 12);
        expect(_source!.body.length).toBeGreaterThan(0);
        const seen = lists.flatMap((list, pool) =>
          list.includes(_id!) ? [[searches[pool]!.name, list.indexOf(_id!) + 1]] : [],
        );
        expect(_secondpass.sources!.map(({ search, rank }) => [search, rank])).toEqual(seen);
      }
      expect(hits.total).toMatchObject({ value: oracle.length });
    }
    await context.client.closePointInTime({ id });
  });

  it("gives what Elasticsearch's own documentation says its rrf retriever gives", async () => {
    // Elasticsearch guide 8.19, "Reciprocal rank fusion", the full example: five documents, rank_constant 1.
    await context.client.indices.create({
      index: 'example',
      settings: { number_of_replicas: 0, number_of_shards: 1 },
      mappings: {
        properties: {
          text: { type: 'text' },
          vector: { type: 'dense_vector', dims: 1, index: true, similarity: 'l2_norm' },
          integer: { type: 'integer' },
        },
      },
    });
    const documents = [
      { text: 'rrf', vector: [5], integer: 1 },
      { text: 'rrf rrf', vector: [4], integer: 2 },
      { text: 'rrf rrf rrf', vector: [3], integer: 1 },
      { text: 'rrf rrf rrf rrf', integer: 2 },
      { vector: [0], integer: 1 },
    ];
    const operations = documents.flatMap((document, at) => [
      { index: { _index: 'example', _id: String(at + 1) } },
      document,
    ]);
    await context.client.bulk({ operations, refresh: true });
    const { hits } = await client.fusedSearch({
      index: 'example',
      searches: [
        { query: { term: { text: 'rrf' } } },
        { knn: { field: 'vector', query_vector: [3], k: 5, num_candidates: 5 } },
      ],
      fusion: reciprocalRank({ k: 1 }),
      rankWindow: 5,
      size: 3,
    });
    expect(hits.total.value).toBe(5);
    expect(hits.max_score).toBeCloseTo(0.8333334, 6);
    expect(hits.hits.map(({ _id }) => _id)).toEqual(['3', '2', '4']);
    for (const [at, score] of [0.8333334, 0.5833334, 0.5].entries())
      expect(hits.hits[at]!._score).toBeCloseTo(score, 6);
    await context.client.indices.delete({ index: 'example' });
  });

  it('fuses by weighted scores as computed by hand', async () => {
    const { text } = queries[1]!;
    const searches = [lexically(text), { ...nearest(text), weight: 3 }];
    const { hits } = await client.fusedSearch({ index: 'docs', searches, fusion: weightedScores(), size: 300 });
    const pools = await Promise.all(
      [lexically(text), nearest(text)].map((part) =>
        context.client.search({ index: 'docs', size: 100, ...bodyOf(part) }),
      ),
    );
    const scaled = pools.map((pool) => {
      const scores = pool.hits.hits.map(({ _score }) => _score!);
      const [min, max] = [Math.min(...scores), Math.max(...scores)];
      return new Map(pool.hits.hits.map(({ _id, _score }) => [_id, (_score! - min) / (max - min)]));
    });
    for (const { _id, _score } of hits.hits) {
      expect(_score).toBeCloseTo(((scaled[0]!.get(_id) ?? 0) + 3 * (scaled[1]!.get(_id) ?? 0)) / 4, 9);
    }
    expect(hits.hits.length).toBe(new Set(scaled.flatMap((pool) => [...pool.keys()])).size);
  });

  it('pages and reranks the fused list, and keeps every hit', async () => {
    const { text } = queries[2]!;
    const request = { index: 'docs', searches: [lexically(text), nearest(text)] };
    const fused = await client.fusedSearch<Doc>({ ...request, size: 500 });
    const whole = await client.fusedSearch<Doc>({ ...request, size: 500, rerank: { window: 30 } });
    const ids = fused.hits.hits.map(({ _id }) => _id!);
    const { hits } = await client.rerankHits(fused.hits.hits.slice(0, 30), text);
    const expected = [...hits.map(({ _id }) => _id), ...ids.slice(30)];
    expect(whole.hits.hits.map(({ _id }) => _id)).toEqual(expected);
    expect(whole.rerank).toMatchObject({ applied: true, scored: 30 });
    expect(whole.hits.hits[0]!._secondpass.sources!.length).toBeGreaterThan(0);
    expect(whole.hits.hits[0]!._secondpass.firstStage.score).toBeGreaterThan(0);
    const seen: string[] = [];
    for (let from = 0; from < ids.length; from += 13) {
      const page = await client.fusedSearch<Doc>({ ...request, from, size: 13, rerank: { window: 30 } });
      seen.push(...page.hits.hits.map(({ _id }) => _id!));
    }
    expect(seen).toEqual(expected);
  });

  it('works under a point in time that it closes, under yours, and without', async () => {
    const open = async (): Promise<number> => {
      const stats = await context.client.nodes.stats({ metric: 'indices', index_metric: 'search' });
      return Object.values(stats.nodes)[0]!.indices!.search!.open_contexts!;
    };
    const { text } = queries[3]!;
    const request = { index: 'docs', searches: [lexically(text), nearest(text)] };
    const own = await client.fusedSearch(request);
    const without = await client.fusedSearch({ ...request, pit: false });
    const { id } = await context.client.openPointInTime({ index: 'docs', keep_alive: '1m' });
    const given = await client.fusedSearch({ searches: request.searches, pit: { id, keep_alive: '1m' } });
    await context.client.closePointInTime({ id });
    expect(without.hits.hits.map(({ _id }) => _id)).toEqual(own.hits.hits.map(({ _id }) => _id));
    expect(given.hits.hits.map(({ _id }) => _id)).toEqual(own.hits.hits.map(({ _id }) => _id));
    await expect.poll(open, { timeout: 5000 }).toBe(0);
    await expect(client.fusedSearch({ searches: request.searches })).rejects.toThrow(/pass index/u);
  });

  it('answers from the searches that worked, notes the others, and throws if all fail or if told so', async () => {
    const { text } = queries[4]!;
    const broken: Part = { name: 'broken', knn: { field: 'title', query_vector: [1], k: 5, num_candidates: 5 } };
    const request = { index: 'docs', searches: [lexically(text), broken], rerank: { query: text } };
    const out = await client.fusedSearch<Doc>({ ...request, size: 100, rerank: { window: 100 } });
    expect(out.hits.hits).toHaveLength(100);
    expect(out.notes).toMatchObject([{ code: 'retriever-failed', by: 'broken' }]);
    expect(out.searches).toMatchObject([
      { name: 'lexical', found: 100 },
      { name: 'broken', found: 0, error: expect.anything() },
    ]);
    await expect(client.fusedSearch({ ...request, onFailure: 'throw' })).rejects.toThrow(/"broken" failed/u);
    await expect(client.fusedSearch({ ...request, searches: [broken] })).rejects.toMatchObject({ code: 'failed' });
    await expect(client.fusedSearch({ ...request, index: 'absent' })).rejects.toThrow(/index_not_found/u);
  });

  it('searches a question in parts, each with its share of the list, and reranks by the whole question', async () => {
    const parts = [queries[5]!.text, queries[6]!.text];
    const question = parts.join(' and ');
    const decomposer: Decomposer = {
      name: 'given',
      decompose: () => Promise.resolve({ value: [...parts, question.toUpperCase()].map((text) => ({ text })) }),
    };
    const request = { index: 'docs', question, decomposer, template };
    const out = await client.decomposedSearch<Doc>({ ...request, size: 30 });
    expect(out.parts).toEqual(parts.map((text) => ({ text })));
    expect(out.searches.map(({ name }) => name)).toEqual([question, ...parts]);
    expect(out.fusion).toBe(coverQuestions().name);
    for (const text of [question, ...parts]) {
      const { hits } = await context.client.search({ index: 'docs', ...template(text), size: 10 });
      const top = new Set(out.hits.hits.map(({ _id }) => _id));
      for (const { _id } of hits.hits) expect(top.has(_id!)).toBe(true);
    }
    const reranked = await client.decomposedSearch<Doc>({ ...request, size: 50, rerank: {} });
    const unranked = await client.decomposedSearch<Doc>({ ...request, size: 50 });
    const { hits } = await client.rerankHits(unranked.hits.hits, question);
    expect(reranked.hits.hits.map(({ _id }) => _id)).toEqual(hits.map(({ _id }) => _id));
    const failing: Decomposer = { name: 'failing', decompose: () => Promise.reject(new Error('no model')) };
    const whole = await client.decomposedSearch<Doc>({ ...request, decomposer: failing });
    const plain = await context.client.search<Doc>({ index: 'docs', ...template(question) });
    expect(whole.hits.hits.map(({ _id }) => _id)).toEqual(plain.hits.hits.map(({ _id }) => _id));
    expect(whole.notes).toMatchObject([{ code: 'fell-back', by: 'failing' }]);
  });
});
