import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runMain } from '../run.ts';
import { folder, useRerankFolder } from './rerank-folder.ts';

useRerankFolder();

const argv = (run: string): string[] =>
  ['rerank', '--queries', 'q.jsonl', '--corpus', 'c.jsonl', '--run', run, '--output', 'old.trec'].concat([
    // Refused before a model is loaded.
    '--model',
    './none',
  ]);

describe('secondpass rerank, a run that cannot be read twice', () => {
  it.skipIf(process.platform === 'win32')(
    'refuses a pipe before anything is read, and keeps the old output',
    async () => {
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      writeFileSync(join(folder, 'old.trec'), 'precious\n');
      const { code, out, err } = await runMain(argv('pipe'), { cwd: folder });
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain('--run is read twice and must be a file');
      expect(err).toContain(`${join(folder, 'pipe')} is no file; write it to a file first.`);
      expect(readFileSync(join(folder, 'old.trec'), 'utf8')).toBe('precious\n');
    },
  );

  it('refuses a folder in the same words', async () => {
    const { code, err } = await runMain(argv('.'), { cwd: folder });
    expect(code).toBe(2);
    expect(err).toContain('--run is read twice and must be a file');
  });
});
