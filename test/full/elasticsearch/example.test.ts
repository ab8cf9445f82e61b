import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../../elasticsearch-server/server.mjs';
import { noServer, onServer } from './harness.ts';

const script = fileURLToPath(new URL('../../../examples/elasticsearch/search.mjs', import.meta.url));

describe.skipIf(noServer)(`examples/elasticsearch, ${onServer}`, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server?.stop());

  it('indexes, and searches reranked, hybrid and decomposed', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, server.url]);
    expect(stderr).toBe('');
    expect(Number(/^(\d+) passages indexed\.$/mu.exec(stdout)?.[1])).toBeGreaterThan(1000);
    const [, reranked = '', hybrid = '', decomposed = ''] = stdout.split(/^(?=Reranked|Hybrid|Decomposed)/mu);
    for (const [part, hits] of [
      [reranked, 3],
      [hybrid, 3],
      [decomposed, 4],
    ] as const) {
      expect(part).toMatch(/: 30 hits reranked in \d+ ms on cpu\n/u);
      expect(part.match(/^ {2}\d\.\d{3} \(was \d+\.\) .+$/gmu)).toHaveLength(hits);
    }
    expect(decomposed.match(/^ {2}part: .+$/gmu)).toHaveLength(2);
  });
});
