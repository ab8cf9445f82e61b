import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the network or the cluster does to an answer. */
export type Fault = '429' | '503' | 'reset' | 'half a body' | 'stall' | 'one shard failed';

export interface FaultProxy {
  readonly url: string;
  /** How often each fault was done to a request so far. */
  readonly done: Map<Fault, number>;
  /** Called for every search; what it returns is done to it. */
  fault: (() => Fault | undefined) | undefined;
  close(): Promise<void>;
}

/** Stands between a client and the server on loopback, and breaks searches as told. Everything else passes. */
export async function startFaultProxy(target: string, stallMs: number = 5000): Promise<FaultProxy> {
  const done = new Map<Fault, number>();
  const proxy = createServer((incoming, outgoing) => {
    const isSearch = incoming.url!.includes('_search') || incoming.url!.includes('_msearch');
    const fault = isSearch ? self.fault?.() : undefined;
    if (fault) done.set(fault, (done.get(fault) ?? 0) + 1);
    void answer(target, incoming, outgoing, fault, stallMs);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const self: FaultProxy = {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    done,
    fault: undefined,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
  return self;
}

async function answer(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault | undefined,
  stallMs: number,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  if (fault === 'reset') {
    outgoing.socket?.resetAndDestroy();
    return;
  }
  if (fault === '429' || fault === '503') {
    const error = { type: 'es_rejected_execution_exception', reason: `injected ${fault}` };
    outgoing.writeHead(Number(fault), { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
    outgoing.end(JSON.stringify({ error: { root_cause: [error], ...error }, status: Number(fault) }));
    return;
  }
  if (fault === 'stall') await new Promise((resolve) => setTimeout(resolve, stallMs));
  if (outgoing.destroyed) return;
  const forwarded = request(
    `${target}${incoming.url}`,
    { method: incoming.method!, headers: incoming.headers },
    async (response) => {
      const parts: Buffer[] = [];
      try {
        for await (const part of response) parts.push(part as Buffer);
      } catch {
        outgoing.destroy();
        return;
      }
      let body = Buffer.concat(parts);
      if (fault === 'one shard failed')
        body = Buffer.from(JSON.stringify(withFailedShard(JSON.parse(body.toString()) as Answer)));
      const { 'transfer-encoding': _, ...headers } = response.headers;
      outgoing.writeHead(response.statusCode!, { ...headers, 'content-length': body.length });
      if (fault === 'half a body') {
        outgoing.write(body.subarray(0, body.length >> 1), () => outgoing.destroy());
        return;
      }
      outgoing.end(body);
    },
  );
  forwarded.on('error', () => outgoing.destroy());
  forwarded.end(Buffer.concat(chunks));
}

interface Answer {
  _shards: { total: number; successful: number; failed: number; failures?: unknown[] };
}

function withFailedShard(answer: Answer): Answer {
  const { _shards: shards } = answer;
  const failures = [{ shard: 0, index: 'docs', reason: { type: 'injected', reason: 'one shard failed' } }];
  return { ...answer, _shards: { ...shards, successful: shards.successful - 1, failed: 1, failures } };
}
