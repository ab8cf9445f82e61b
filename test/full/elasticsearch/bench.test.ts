// `npm run bench:elasticsearch` against the real server, on a folder of four documents: one object in the shape of every bench.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../../elasticsearch-server/server.mjs';
import { writeFourFacts } from '../four-facts.ts';
import { noServer, onServer } from './harness.ts';

describe.skipIf(noServer)(`bench:elasticsearch --json, ${onServer}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'secondpass-search-bench-'));
  let server: TestServer;
  beforeAll(async () => {
    writeFourFacts(folder);
    server = await startServer();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await server?.stop();
  });

  it('prints BM25, and each depth of the model alone and blended, as plain numbers', async () => {
    const bench = join(process.cwd(), 'packages/elasticsearch/bench/quality.mjs');
    const argv = [
      '--data',
      folder,
      '--queries',
      '3',
      '--timed',
      '1',
      '--depths',
      '2,4',
      '--models',
      'mini-en',
      '--json',
    ];
    const { stdout } = await promisify(execFile)(process.execPath, [bench, ...argv, '--node', server.url]);
    const report = JSON.parse(stdout) as {
      readonly systems: readonly {
        readonly name: string;
        readonly measures: object;
        readonly intervals: object;
        readonly msPerQuery: number;
        readonly differenceToFirstStage?: object;
      }[];
    };
    expect(report).toMatchObject({ queries: { used: 3, judged: 4 }, collection: expect.any(String) as string });
    expect(report.systems.map(({ name }) => name)).toEqual([
      'BM25',
      'BM25 + mini-en, depth 2',
      'BM25 + mini-en, depth 2, 0.3 BM25',
      'BM25 + mini-en, depth 4',
      'BM25 + mini-en, depth 4, 0.3 BM25',
    ]);
    for (const { name, measures, intervals, msPerQuery, differenceToFirstStage } of report.systems) {
      expect(measures).toEqual({ 'nDCG@10': 1 });
      expect(intervals).toEqual({ 'nDCG@10': [1, 1] });
      expect(msPerQuery).toBeGreaterThan(0);
      const level = { 'nDCG@10': 0, interval: [0, 0] };
      expect(differenceToFirstStage).toEqual(name === 'BM25' ? undefined : level);
    }
  }, 300_000);
});
