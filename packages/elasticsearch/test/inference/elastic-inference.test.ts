import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testReranker } from '@secondpass/core/testing';
import { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reranker } from '@secondpass/core';
import { elasticInference } from '../../src/index.ts';

interface Asked {
  readonly path: string;
  readonly body: { readonly query: string; readonly input: readonly string[]; readonly task_settings?: object };
}

const byLength = (input: readonly string[]): unknown => ({
  rerank: input
    .map((text, index) => ({ index, relevance_score: text.length }))
    .toSorted((a, b) => b.relevance_score - a.relevance_score),
});

/**
 * A stand-in on loopback: the test server has no inference API, since Elastic does not publish that module. The client
 * is the real one, and what it sends and reads is what it would.
 */
describe('elasticInference, against a loopback stand-in', () => {
  let server: Server;
  let client: Client;
  const asked: Asked[] = [];
  let answer: (input: readonly string[]) => unknown;
  const candidates = ['a', 'bbb', 'cc', 'dddd', ''].map((content, at) => ({ id: `${at}`, content }));

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const body = JSON.parse(text) as Asked['body'];
      asked.push({ path: request.url!, body });
      response.writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
      response.end(JSON.stringify(answer(body.input)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = new Client({ node: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, maxRetries: 0 });
  });
  afterAll(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const lawful = (): Reranker => {
    answer = byLength;
    return elasticInference(client, 'my-endpoint');
  };
  testReranker('elasticInference', lawful, { test: it, runs: 10 });

  it('is a reranker over the endpoint, in batches, with what it was told', async () => {
    asked.length = 0;
    answer = byLength;
    const reranker = elasticInference(client, 'my-endpoint', {
      batchSize: 2,
      taskSettings: { return_documents: false },
      kind: 'logit',
    });
    const { results, runs, notes } = await reranker.rerank('q', candidates);
    expect(results.map(({ candidate, score }) => [candidate.id, score?.value, score?.kind])).toEqual([
      ['3', 4, 'logit'],
      ['1', 3, 'logit'],
      ['2', 2, 'logit'],
      ['0', 1, 'logit'],
      ['4', 0, 'logit'],
    ]);
    expect(asked.map(({ body }) => body.input)).toEqual([['a', 'bbb'], ['cc', 'dddd'], ['']]);
    expect(asked[0]).toMatchObject({
      path: '/_inference/rerank/my-endpoint',
      body: { query: 'q', task_settings: { return_documents: false } },
    });
    expect(runs).toMatchObject([{ model: 'my-endpoint', usage: { calls: 3, pairs: 5 } }]);
    expect(notes).toEqual([]);
  });

  it('keeps what the endpoint leaves out, and notes what makes no sense', async () => {
    answer = () => ({
      rerank: [
        { index: 3, relevance_score: 1 },
        { index: 9, relevance_score: 2 },
        { index: 1, relevance_score: null },
        { index: 3, relevance_score: 5 },
        null,
      ],
    });
    const { results, notes } = await elasticInference(client, 'partial').rerank('q', candidates);
    expect(results.map(({ candidate }) => candidate.id)).toEqual(['3', '0', '1', '2', '4']);
    expect(results[0]!.score!.value).toBe(1);
    expect(notes.map(({ code }) => code).toSorted()).toEqual(['malformed-answer', 'unscored']);
    answer = () => ({ error: 'no' });
    await expect(elasticInference(client, 'broken').rerank('q', candidates)).rejects.toMatchObject({ code: 'failed' });
  });

  it('at the deadline answers with what came, and counts no more than that', async () => {
    let calls = 0;
    const slow = {
      inference: {
        rerank: async ({ input }: Asked['body']) => (calls++ === 0 ? byLength(input) : new Promise(() => {})),
      },
    };
    const reranker = elasticInference(slow, 'slow', { batchSize: 2 });
    const { results, notes, runs } = await reranker.rerank('q', candidates, { deadline: Date.now() + 30 });
    expect(results.map(({ candidate }) => candidate.id).slice(2)).toEqual(['2', '3', '4']);
    expect(notes).toMatchObject([{ code: 'timed-out', ids: ['2', '3', '4'] }]);
    expect(runs).toMatchObject([{ usage: { calls: 1, pairs: 2 } }]);
  });

  it('stops when aborted, and calls older clients by their general method', async () => {
    answer = byLength;
    await expect(
      elasticInference(client, 'x').rerank('q', candidates, { signal: AbortSignal.abort() }),
    ).rejects.toThrow(/abort/iu);
    const calls: unknown[] = [];
    const older = {
      inference: {
        inference: async (params: object) => (calls.push(params), byLength((params as Asked['body']).input)),
      },
    };
    const { results } = await elasticInference(older, 'old').rerank('q', candidates);
    expect(results[0]!.candidate.id).toBe('3');
    expect(calls).toMatchObject([{ task_type: 'rerank', inference_id: 'old' }]);
    expect(() => elasticInference({}, 'x')).toThrow(/8\.13/u);
    expect(() => elasticInference(client, '')).toThrow(/id/u);
    expect(() => elasticInference(client, 'x', { batchSiz: 3 } as never)).toThrow(/did you mean "batchSize"/u);
  });
});
