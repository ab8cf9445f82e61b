import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { byScore } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { files, folder, useRunFiles } from './run-files.ts';
import { rerankRun, type RerankRunReport } from '../../src/rerank/rerank-run.ts';

const corpus = '{"_id":"a","text":"x"}\n{"_id":"b","text":"yy"}\n';
const first = 'q1 Q0 a 1 5 t\nq1 Q0 b 2 4 t\n';
const second = 'q2 Q0 b 1 5 t\nq2 Q0 a 2 4 t\n';

useRunFiles(() => {
  writeFileSync(files.run, first + second);
  utimesSync(files.run, 1000, 1000);
  // A pipe opens when it is read: after the first reading of the run, and before the second.
  execFileSync('mkfifo', [files.corpus]);
});

const byLength = byScore({
  name: 'length',
  kind: 'similarity',
  pointwise: true,
  score: async (_query, candidates) => ({ value: { scores: candidates.map(({ content }) => content.length) } }),
});

/** Reranks a run that is written anew between its two readings, with the time that it had. */
async function rewritten(run: string): Promise<RerankRunReport> {
  const between = (async (): Promise<void> => {
    const pipe = await open(files.corpus, 'w');
    writeFileSync(files.run, run);
    utimesSync(files.run, 1000, 1000);
    await pipe.writeFile(corpus);
    await pipe.close();
  })();
  const options = { depth: 100, tag: 't', signal: new AbortController().signal, onProgress: () => {} };
  return rerankRun(files, byLength, options).finally(() => between);
}

describe.skipIf(process.platform === 'win32')('a run that holds something else when it is read again', () => {
  it.each([
    ['other documents', first + second.replaceAll('q2 Q0 a', 'q2 Q0 z'), 'its query 2 ("q2") is not what it was'],
    ['other scores', first.replace(' 4 ', ' 3 ') + second, 'its query 1 ("q1") is not what it was'],
    ['other queries', first + second.replaceAll('q2', 'q3'), 'its query 2 ("q3") is not what it was'],
    ['fewer queries', first, '2 queries at first, then 1'],
    ['more queries', `${first}${second}q3 Q0 a 1 5 t\n`, '2 queries at first, then more ("q3")'],
  ])('is refused, and the old output stays: %s', async (_what, run, fact) => {
    writeFileSync(files.output, 'old');
    const before = readdirSync(folder);
    const way = 'Nothing was written; try again when nobody writes to it.';
    await expect(rewritten(run)).rejects.toThrow(`The run ${files.run} changed while it was read: ${fact}. ${way}`);
    expect(readFileSync(files.output, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(before);
  });

  it('is refused before what changed is written to a pipe, and what is there is said', async () => {
    execFileSync('mkfifo', [files.output]);
    const written = readFile(files.output, 'utf8');
    const way = `1 of its queries went to ${files.output} before that; leave them out, and try again`;
    await expect(rewritten(first + second.replace(' 4 ', ' 3 '))).rejects.toThrow(way);
    expect(await written).toBe('q1 Q0 b 1 2 t\nq1 Q0 a 2 1 t\n');
  });

  it('is refused in the same words where nothing went to the pipe yet', async () => {
    execFileSync('mkfifo', [files.output]);
    const written = readFile(files.output, 'utf8');
    await expect(rewritten(second + first)).rejects.toThrow('Nothing was written');
    expect(await written).toBe('');
  });

  it('is the same run where the same stands in it', async () => {
    expect(await rewritten(first + second)).toMatchObject({ queries: 2, scored: 4, notes: [] });
  });
});
