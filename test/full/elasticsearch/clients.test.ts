import { Client as Client8, Transport as Transport8 } from '@elastic/elasticsearch';
import { byScore } from '@secondpass/core';
import { createRerankingClient } from '@secondpass/elasticsearch';
import { Client as Client9, Transport as Transport9 } from 'elasticsearch-9';
import { describe, expect, it } from 'vitest';
import { readQueries, type Doc } from './corpus.ts';
import { noServer, onServer, useServer } from './harness.ts';
import { lexical } from './lexical-scorer.ts';

const media = (type: string): string => `application/vnd.elasticsearch+${type}; compatible-with=8`;

/** The 9.x client asks for answers in the form of version 9, which an 8.x server refuses; here it asks for version 8. */
class CompatibleTransport extends Transport9 {
  constructor(options: ConstructorParameters<typeof Transport9>[0]) {
    const vendoredHeaders = {
      jsonContentType: media('json'),
      ndjsonContentType: media('x-ndjson'),
      accept: `${media('json')},text/plain`,
    };
    super({ ...options, vendoredHeaders });
  }
}

const strip = (hits: { _id?: string; _score?: number | null; _source?: Doc }[]): unknown =>
  hits.map(({ _id, _score, _source }) => [_id, _score, _source!.title]);

describe.skipIf(noServer)(`client versions, ${onServer}`, () => {
  const context = useServer({ count: 500 });
  const options = { reranker: byScore(lexical), text: ['title', 'body'] };

  it('8.x and 9.x (asking for compatible-with=8) give the same answers, with types of their own', async () => {
    const question = readQueries(context.docs, 1)[0]!.text;
    const eight = createRerankingClient(new Client8({ node: context.server.url }), options);
    const nine = createRerankingClient(
      new Client9({ node: context.server.url, Transport: CompatibleTransport }),
      options,
    );
    const request = { index: 'docs', query: { match: { body: question } } };
    const a = await eight.search<Doc>({ ...request, rerank: {} });
    const b = await nine.search<Doc>({ ...request, rerank: {} });
    expect(strip(b.hits.hits)).toEqual(strip(a.hits.hits));
    expect(a.rerank.applied && b.rerank.applied).toBe(true);
    const meta = await nine.search<Doc>({ ...request, rerank: {} }, { meta: true });
    expect(meta.statusCode).toBe(200);
    const bodies = [
      { name: 'bodies', query: { match: { body: question } } },
      { name: 'titles', query: { match: { title: question } } },
    ];
    const fused = await nine.fusedSearch<Doc>({ index: 'docs', searches: bodies, rerank: {} });
    const fused8 = await eight.fusedSearch<Doc>({ index: 'docs', searches: bodies, rerank: {} });
    expect(strip(fused.hits.hits)).toEqual(strip(fused8.hits.hits));
    const documents = await nine.helpers.search<Doc>({ ...request, rerank: {} } as never);
    expect(documents.map(({ title }) => title)).toEqual(a.hits.hits.map(({ _source }) => _source!.title));
    expect(nine.child({ name: 'child' })).toHaveProperty('fusedSearch');
    await eight.close();
    await nine.close();
  });

  it('the 9.x client as it is is refused by an 8.x server, before and after wrapping alike', async () => {
    const bare = new Client9({ node: context.server.url, maxRetries: 0 });
    const wrapped = createRerankingClient(bare, options);
    const request = { index: 'docs', query: { match: { body: 'cell' } } };
    const said = await bare.search(request).catch((error: unknown) => error);
    await expect(wrapped.search({ ...request, rerank: {} })).rejects.toMatchObject({
      message: (said as Error).message,
    });
    await bare.close();
  });

  it('keeps a custom transport of the 8.x client', async () => {
    let requests = 0;
    class Counting extends Transport8 {
      constructor(options: ConstructorParameters<typeof Transport8>[0]) {
        super(options);
        this.diagnostic.on('request', () => requests++);
      }
    }
    const client = createRerankingClient(new Client8({ node: context.server.url, Transport: Counting }), options);
    await client.search({ index: 'docs', query: { match: { body: 'cell' } }, rerank: {} });
    await client.search({ index: 'docs', query: { match: { body: 'cell' } } });
    expect(requests).toBe(2);
    await client.close();
  });
});
