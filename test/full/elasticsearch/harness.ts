import { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, vi } from 'vitest';
import { startServer, whatIsMissing, type TestServer } from '../../elasticsearch-server/server.mjs';
import { readDocs, type Doc } from './corpus.ts';

const missing = whatIsMissing();

// Real servers on a busy machine take the time they take; no speed is asserted here.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 900_000 });

/** True where Java and Maven are missing: the tests are skipped, visibly. In CI they must run. */
export const noServer: boolean = missing !== undefined && process.env['CI'] !== 'true';

/** For titles: what they run on, or why they do not. */
export const onServer: string = noServer ? `on a real server (skipped: ${missing})` : 'on a real server';

export interface Context {
  server: TestServer;
  client: Client;
  docs: readonly Doc[];
}

/** A server of its own for a file of tests, with the documents in the index `docs`. */
export function useServer({ shards = 2, count = 5000 }: { shards?: number; count?: number } = {}): Context {
  const context = {} as Context;
  beforeAll(async () => {
    const server = await startServer();
    const client = new Client({ node: server.url, maxRetries: 0, requestTimeout: 300_000 });
    const docs = readDocs().slice(0, count);
    Object.assign(context, { server, client, docs });
    await indexDocs(client, docs, shards);
  });
  afterAll(async () => {
    await context.client?.close();
    await context.server?.stop();
  });
  return context;
}

export async function indexDocs(client: Client, docs: readonly Doc[], shards: number, index = 'docs'): Promise<void> {
  await client.indices.create({
    index,
    settings: { number_of_shards: shards, number_of_replicas: 0 },
    mappings: {
      properties: {
        title: { type: 'text', analyzer: 'english' },
        body: { type: 'text', analyzer: 'english' },
        summary: { type: 'text', analyzer: 'english' },
        group: { type: 'keyword' },
        number: { type: 'integer' },
        published: { type: 'date' },
        clicks: { type: 'integer' },
        tags: { type: 'keyword' },
        meta: { properties: { source: { type: 'keyword' }, words: { type: 'integer' } } },
        chunks: { type: 'nested', properties: { text: { type: 'text', analyzer: 'english' } } },
        // Exact: an approximate search over several segments does not find the same neighbours every time.
        vector: { type: 'dense_vector', dims: 32, index: true, similarity: 'cosine', index_options: { type: 'flat' } },
      },
    },
  });
  for (let start = 0; start < docs.length; start += 1000) {
    const batch = docs.slice(start, start + 1000);
    const operations = batch.flatMap((doc) => [{ index: { _index: index, _id: `d${doc.number}` } }, doc]);
    const { errors } = await client.bulk({ operations });
    if (errors) throw new Error('The documents could not be indexed.');
  }
  await client.indices.refresh({ index });
}
