// A run file far larger than the memory it is read in. SECONDPASS_LARGE_RUN_MB sets its size; 2048 is the case of a 2 GB
// file, which a string cannot hold.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'secondpass-large-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const megabytes = Number(process.env['SECONDPASS_LARGE_RUN_MB'] ?? 200);

/** Writes queries of 1,000 hits until the file is large enough. The relevant document of query i stands at rank 1 + i % 4. */
function writeRun(path: string, qrels: string): number {
  const file = openSync(path, 'w');
  const judgments: string[] = [];
  let queries = 0;
  try {
    while (statSync(path).size < megabytes * 1_000_000) {
      const lines: string[] = [];
      for (let batch = 0; batch < 50; batch++, queries++) {
        judgments.push(`q${queries} 0 q${queries}-document-${queries % 4} 1\n`);
        for (let rank = 0; rank < 1000; rank++) {
          lines.push(`q${queries} Q0 q${queries}-document-${rank} ${rank + 1} ${1000 - rank} large\n`);
        }
      }
      writeSync(file, lines.join(''));
    }
  } finally {
    closeSync(file);
  }
  writeFileSync(qrels, judgments.join(''));
  return queries;
}

describe(`a run of ${megabytes} MB`, () => {
  it('is measured in a heap of 128 MB, to the same value as its parts', { timeout: 900_000 }, () => {
    const [run, qrels] = [join(folder, 'large.trec'), join(folder, 'large.qrels')];
    const queries = writeRun(run, qrels);
    const entry = pathToFileURL(join(process.cwd(), 'packages/core/dist/evaluate.mjs')).href;
    const script = `
      const { evaluateLists, readQrels, streamTrecRun } = await import(${JSON.stringify(entry)});
      const started = performance.now();
      const qrels = await readQrels(${JSON.stringify(qrels)});
      const { means, answered } = await evaluateLists(qrels, 'large', streamTrecRun(${JSON.stringify(run)}), ['MRR', 'Success@1']);
      console.log(JSON.stringify({ means, answered, seconds: (performance.now() - started) / 1000, peak: process.resourceUsage().maxRSS / 1024 }));
    `;
    const out = execFileSync(process.execPath, ['--max-old-space-size=128', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    const { means, answered, seconds, peak } = JSON.parse(out) as {
      means: Record<string, number>;
      answered: number;
      seconds: number;
      peak: number;
    };
    process.stdout.write(
      `${(statSync(run).size / 1e6).toFixed(0)} MB, ${queries} queries: ${seconds.toFixed(1)} s, peak memory ${peak.toFixed(0)} MB\n`,
    );
    expect(answered).toBe(queries);
    const places = Array.from({ length: queries }, (_, i) => 1 + (i % 4));
    expect(means['MRR']).toBeCloseTo(places.reduce((sum, place) => sum + 1 / place, 0) / queries, 9);
    expect(means['Success@1']).toBeCloseTo(places.filter((place) => place === 1).length / queries, 9);
    expect(peak).toBeLessThan(600);
  });
});
