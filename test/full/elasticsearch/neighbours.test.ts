// kNN searches that leave out `k`, and what several searches bring along of one hit, as a real server answers them.
import type { Client } from '@elastic/elasticsearch';
import { byScore } from '@secondpass/core';
import { createRerankingClient } from '@secondpass/elasticsearch';
import type { RerankingClient } from '@secondpass/elasticsearch';
import { beforeAll, describe, expect, it } from 'vitest';
import { corpusName, readQueries, vectorOf, type Doc } from './corpus.ts';
import { noServer, onServer, useServer } from './harness.ts';
import { lexical } from './lexical-scorer.ts';

const window = 20;

describe.skipIf(noServer)(`kNN without k, and merged hits, ${onServer} (${corpusName})`, () => {
  const context = useServer();
  let client: RerankingClient<Client>;
  let question: string;
  let knn: { field: string; query_vector: number[]; num_candidates: number };
  beforeAll(() => {
    client = createRerankingClient(context.client, { reranker: byScore(lexical), text: ['title', 'body'], window });
    question = readQueries(context.docs, 1)[0]!.text;
    knn = { field: 'vector', query_vector: vectorOf(question), num_candidates: 15 };
  });

  it('takes num_candidates below the window, wherever the kNN stands', async () => {
    const words = { match: { body: question } };
    for (const search of [{ knn }, { knn: [knn] }, { query: { knn } }, { query: words, knn }, { retriever: { knn } }]) {
      const { hits, rerank } = await client.search<Doc>({ index: 'docs', ...search, rerank: { query: question } } as never); // prettier-ignore
      expect(rerank.applied).toBe(true);
      expect(hits.hits).toHaveLength(10);
    }
    const searches = [
      { name: 'words', query: words },
      { name: 'vectors', knn },
    ];
    const fused = await client.fusedSearch<Doc>({ index: 'docs', searches });
    expect(fused.searches.map(({ found }) => found > 10)).toEqual([true, true]);
  });

  it('gives pages of a hybrid search without repeating or losing a hit, and with one total', async () => {
    const seen: string[] = [];
    const totals = new Set<unknown>();
    for (let from = 0; from < 80; from += 10) {
      const { hits } = await client.search<Doc>({ index: 'docs', query: { match: { body: question } }, knn, from, size: 10, rerank: {} }); // prettier-ignore
      seen.push(...hits.hits.map(({ _id }) => _id!));
      totals.add(JSON.stringify(hits.total));
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(80);
    expect(totals.size).toBe(1);
  });

  it('keeps what each of several searches says of a hit', async () => {
    const nested = (name: string) => ({
      nested: { path: 'chunks', query: { match: { 'chunks.text': question } }, inner_hits: { name } },
    });
    const searches = [
      { name: 'one', query: nested('first') },
      { name: 'two', query: nested('second'), highlight: { fields: { title: {} }, highlight_query: { match: { title: question } } } }, // prettier-ignore
    ];
    const { hits } = await client.fusedSearch<Doc>({ index: 'docs', searches });
    const both = hits.hits.filter(({ _secondpass }) => _secondpass.sources?.length === 2);
    expect(both.length).toBeGreaterThan(0);
    for (const { inner_hits } of both) expect(Object.keys(inner_hits!).toSorted()).toEqual(['first', 'second']);
    expect(both.some(({ highlight }) => highlight?.['title'])).toBe(true);
    const text = { innerHits: 'second', text: 'text' };
    const { rerank } = await client.fusedSearch<Doc>({ index: 'docs', searches, rerank: { query: question, text } });
    expect(rerank).toMatchObject({ applied: true, unscored: 0 });
  });

  it('shows one hit per value where all searches are collapsed', async () => {
    const collapse = { field: 'group' };
    const searches = [
      { name: 'words', query: { match: { body: question } }, collapse },
      { name: 'titles', query: { match: { title: question } }, collapse },
    ];
    const { hits } = await client.fusedSearch<Doc>({ index: 'docs', searches, size: 200 });
    const groups = hits.hits.map(({ _source }) => _source!.group);
    expect(new Set(groups).size).toBe(groups.length);
    expect(groups.length).toBeGreaterThan(20);
  });
});
