import type { Client, estypes } from '@elastic/elasticsearch';
import type { Reranker } from '@secondpass/core';
import type { rerankHits } from '@secondpass/elasticsearch';
import type { RerankingClient } from '@secondpass/elasticsearch';
import { beforeAll, describe, expect, it } from 'vitest';
import { corpusName, vectorOf, type Doc, type Query } from './corpus.ts';
import { noServer, onServer, useServer } from './harness.ts';
import { lexical } from './lexical-scorer.ts';
import { ids, match, reranker, searching } from './searching.ts';

describe.skipIf(noServer)(`what a search with rerank asks and reads, ${onServer} (${corpusName})`, () => {
  const context = useServer();
  let client: RerankingClient<Client>;
  let queries: Query[];
  let question: string;
  beforeAll(() => {
    ({ client, queries, question } = searching(context));
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
});
