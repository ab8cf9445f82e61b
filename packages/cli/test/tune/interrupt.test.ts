import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from '../run.ts';

// Runs the committed bin file on the build in dist/, as a process: `npm test` builds first.

const folder = mkdtempSync(join(tmpdir(), 'secondpass-interrupt-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const queries = Array.from({ length: 24 }, (_, q) => `q${q}`);
beforeAll(() => {
  const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const text = (n: number): string => `the number ${n} ${'is a number among others '.repeat(20)}`;
  writeFileSync(
    join(folder, 'corpus.jsonl'),
    lines(Array.from({ length: 24 }, (_, n) => ({ _id: `d${n}`, text: text(n) }))),
  );
  writeFileSync(join(folder, 'queries.jsonl'), lines(queries.map((_id, n) => ({ _id, text: `which number is ${n}` }))));
  writeFileSync(join(folder, 'qrels.tsv'), queries.map((query, n) => `${query}\td${n}\t1\n`).join(''));
  const run = queries.flatMap((query) => Array.from({ length: 24 }, (_, n) => `${query} Q0 d${n} ${n + 1} ${-n} t\n`));
  writeFileSync(join(folder, 'first.trec'), run.join(''));
});

const results = join(folder, 'results.jsonl');
const rows = (): string[] => (existsSync(results) ? readFileSync(results, 'utf8').split('\n').filter(Boolean) : []);
const argv = [
  'tune',
  folder,
  '--depths',
  '24',
  '--workers',
  '1',
  '--results',
  results,
  '--report',
  'page.html',
  '--json',
];

describe('secondpass tune, interrupted', () => {
  it.skipIf(process.platform === 'win32')('Ctrl-C ends it with 130 and keeps every query that was done', async () => {
    const { child, outcome } = start(argv, { cwd: folder });
    while (child.exitCode === null && rows().length < 4) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    const { code, out } = await outcome;
    expect([code, out]).toEqual([130, '']);
    expect(existsSync(join(folder, 'page.html'))).toBe(false);
    const kept = rows();
    expect(kept.length).toBeGreaterThanOrEqual(4);
    expect(kept.length).toBeLessThan(1 + queries.length);
    const again = await start(argv, { cwd: folder }).outcome;
    expect([again.code, again.err]).toEqual([0, '']);
    expect((JSON.parse(again.out) as { queries: unknown }).queries).toEqual({ used: 24, available: 24 });
    expect(rows().slice(0, kept.length)).toEqual(kept);
    expect(rows()).toHaveLength(1 + queries.length);
    expect(existsSync(join(folder, 'page.html'))).toBe(true);
  });
});
