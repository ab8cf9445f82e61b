// The quality bench takes any BEIR folder, with or without a first-stage run, and prints one JSON object; the benches of
// multi-hop questions and of tuning print the same shape.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { facts, writeFourFacts } from './four-facts.ts';

const folder = mkdtempSync(join(tmpdir(), 'secondpass-quality-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

writeFourFacts(folder);

interface Report {
  readonly collection: string;
  readonly queries: { readonly used: number; readonly judged?: number; readonly available?: number };
  readonly systems: readonly {
    readonly name: string;
    readonly measures: Readonly<Record<string, number>>;
    readonly intervals: Readonly<Record<string, readonly [number, number]>>;
    readonly msPerQuery: number;
  }[];
}

function printed(script: string, ...argv: string[]): Report {
  const argvAll = [join(process.cwd(), 'packages/core/bench', script), '--data', folder, '--json', ...argv];
  return JSON.parse(
    execFileSync(process.execPath, argvAll, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
  ) as Report;
}
const bench = (...argv: string[]): Report => printed('quality/quality.mjs', '--workers', '1', ...argv);

/** A first stage that puts what is wanted last. */
function writeWorstRun(): void {
  const order = (i: number): number[] => [0, 1, 2, 3].sort((a, b) => Number(a === i) - Number(b === i));
  const run = facts.flatMap((_, i) => order(i).map((d, rank) => `q${i} Q0 d${d} ${rank + 1} ${10 - rank} worst\n`));
  writeFileSync(join(folder, 'worst.trec'), run.join(''));
}

// Each part alone, the lines that ship, with first-stage scores and without, and blends within a list.
const rows = [
  'bm25',
  'bi-encoder',
  'MaxSim',
  'cross-encoder',
  'default',
  'fast',
  'best',
  '.8 (bi-encoder + MaxSim) + .2 first stage',
  'default, no first-stage scores',
  'fast, no first-stage scores',
  'best, no first-stage scores',
  '0.8 cross-encoder + 0.2 first stage',
  '0.5 cross-encoder + 0.5 first stage',
];

describe('npm run bench:quality', () => {
  it('makes BM25 where there is no run, and prints plain numbers under the printed names of measures', () => {
    const { queries, systems } = bench();
    expect(queries).toEqual({ used: 4, judged: 4 });
    expect(systems[0]).toMatchObject({
      name: 'bm25',
      measures: { 'nDCG@10': 1 },
      intervals: { 'nDCG@10': [1, 1] },
      msPerQuery: 0,
    });
    expect(systems.map(({ name }) => name)).toEqual(rows);
    for (const { measures } of systems) expect(Object.keys(measures)).toEqual(['nDCG@10', 'MRR@10', 'Recall@20']);
  });

  it('takes the run that is there, and a sample of queries', () => {
    writeWorstRun();
    const { queries, systems } = bench('--queries', '3');
    expect(queries).toEqual({ used: 3, judged: 4 });
    expect(systems[0]).toMatchObject({ name: 'worst', measures: { 'MRR@10': 0.25 } });
    expect(systems[1]!.measures['MRR@10']).toBeGreaterThan(0.6);
    expect(systems[1]!.msPerQuery).toBeGreaterThan(0);
  });
});

describe('bench:multihop --json', () => {
  it('prints one object in the same shape', () => {
    const report = printed('multihop/multihop.mjs', '--half', 'all', '--no-rerank', '--only', 'BM25,hops');
    expect(Object.keys(report)).toEqual(['collection', 'half', 'systems']);
    expect(report.systems.map(({ name }) => name)).toEqual(['BM25', 'hops']);
    for (const { measures, intervals, msPerQuery } of report.systems) {
      expect(measures).toEqual({ 'MRR@10': 1, 'Recall@10': 1, 'FullSupport@10': 1, pool: 1 });
      expect(Object.keys(intervals)).toEqual(Object.keys(measures));
      expect(intervals['MRR@10']).toEqual([1, 1]);
      expect(msPerQuery).toBeGreaterThan(0);
    }
  });
});

describe('bench:tune --json', () => {
  it('prints every setting in the same shape, the first stage first', () => {
    writeWorstRun();
    const { systems, queries, ...rest } = printed('../../cli/bench/tune.mjs', '--time', '60s', '--depths', '4');
    expect(queries).toEqual({ used: 4, available: 4 });
    expect(rest).toMatchObject({ recommended: expect.any(String) as string, seconds: expect.any(Number) as number });
    expect(systems[0]).toEqual({
      name: 'first stage',
      measures: { 'nDCG@10': expect.closeTo(1 / Math.log2(5), 6) as number },
      intervals: { 'nDCG@10': [expect.closeTo(1 / Math.log2(5), 6), expect.closeTo(1 / Math.log2(5), 6)] },
      msPerQuery: 0,
    });
    expect(systems.length).toBeGreaterThan(3);
    for (const { name, measures, msPerQuery } of systems.slice(1)) {
      expect(name).toContain('depth 4');
      expect(measures['nDCG@10']).toBeGreaterThan(0.4);
      expect(msPerQuery).toBeGreaterThan(0);
    }
    expect(systems[1]!.measures).toEqual({ 'nDCG@10': 1 });
  });
});
