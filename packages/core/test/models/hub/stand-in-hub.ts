import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

/** What the hub does to a file request instead of answering it; return true if it has dealt with it. */
export type Trick = (request: IncomingMessage, response: ServerResponse, bytes: Buffer) => boolean | void;

export interface StandInHub extends AsyncDisposable {
  readonly endpoint: string;
  readonly seen: Seen[];
  readonly commit: string;
  /** Applied to the next requests for files, one each, then never again. */
  readonly tricks: Trick[];
  /** Applied to the next requests for the model's description. */
  readonly listingTricks: Trick[];
  /** What the description says of a file instead of the truth. */
  readonly lies: Map<string, { size?: number; hash?: string }>;
}

/** A hub on loopback that serves one model with the public hub's addresses, ranges and hashes. */
export async function standInHub(files: Record<string, Buffer>, model = 'owner/name'): Promise<StandInHub> {
  const commit = createHash('sha1')
    .update(JSON.stringify(Object.keys(files)))
    .digest('hex');
  const seen: Seen[] = [];
  const tricks: Trick[] = [];
  const listingTricks: Trick[] = [];
  const lies = new Map<string, { size?: number; hash?: string }>();

  const describe = (): string =>
    JSON.stringify({
      sha: commit,
      siblings: Object.entries(files).map(([rfilename, bytes]) => {
        const lie = lies.get(rfilename);
        const size = lie?.size ?? bytes.length;
        if (rfilename.endsWith('.onnx')) {
          return {
            rfilename,
            size,
            blobId: 'f'.repeat(40),
            lfs: { size, sha256: lie?.hash ?? createHash('sha256').update(bytes).digest('hex') },
          };
        }
        const blobId = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
        return { rfilename, size, blobId: lie?.hash ?? blobId };
      }),
    });

  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://hub').pathname);
    seen.push({ path, authorization: request.headers.authorization, range: request.headers.range });
    if (path.startsWith(`/api/models/${model}/revision/`)) {
      if (listingTricks.shift()?.(request, response, Buffer.from(describe()))) return;
      response.end(describe());
      return;
    }
    const name = path.replace(`/${model}/resolve/`, '').replace(/^[^/]+\//, '');
    const bytes = files[name];
    if (!bytes) {
      response.writeHead(404).end();
      return;
    }
    if (tricks.shift()?.(request, response, bytes)) return;
    serve(request, response, bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    commit,
    tricks,
    listingTricks,
    lies,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers with the bytes, or the range of them that was asked for. */
export function serve(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  else if (start >= bytes.length) response.writeHead(416).end();
  else
    response
      .writeHead(206, { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` })
      .end(bytes.subarray(start));
}
