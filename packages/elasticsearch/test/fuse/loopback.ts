import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, beforeEach } from 'vitest';

/** What the real client sent. */
export interface Asked {
  /** `POST /i/_pit` */
  readonly what: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** The body, line by line. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

export interface Loopback {
  client: Client;
  readonly asked: Asked[];
}

const shards = { total: 1, successful: 1, skipped: 0, failed: 0 };
const found = {
  total: { value: 1, relation: 'eq' },
  hits: [{ _index: 'i', _id: '1', _score: 1, _source: { t: 'x' } }],
};

function answerTo(what: string, lines: number): object {
  if (what.startsWith('POST') && what.endsWith('/_pit')) return { id: 'p1' };
  if (!what.endsWith('/_msearch')) return { succeeded: true };
  const one = { took: 1, timed_out: false, _shards: shards, hits: found, status: 200 };
  return { took: 1, responses: Array.from({ length: lines / 2 }, () => one) };
}

/** The real client before a stand-in on loopback that finds one hit for every search: for tests of what is sent. */
export function useLoopback(): Loopback {
  const asked: Asked[] = [];
  const context = { asked } as unknown as Loopback;
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { pathname, searchParams } = new URL(request.url!, 'http://loopback');
    const lines = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Asked['lines'][number]);
    const what = `${request.method} ${pathname}`;
    asked.push({ what, parameters: Object.fromEntries(searchParams), headers: request.headers, lines });
    response.writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
    response.end(JSON.stringify(answerTo(what, lines.length)));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    context.client = new Client({ node: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, maxRetries: 0 });
  });
  beforeEach(() => void (asked.length = 0));
  afterAll(async () => {
    await context.client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return context;
}
