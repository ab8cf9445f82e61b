// A folder of its own for every test, and the files that a rerank of a run reads and writes, by their paths.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

export let folder: string;
export let files: { queries: string; corpus: string; run: string; output: string };

/** Two questions are there, q1 and q2. `write` puts what else a test needs. */
export function useRunFiles(write: () => void): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'secondpass-run-'));
    files = {
      queries: join(folder, 'q'),
      corpus: join(folder, 'c'),
      run: join(folder, 'r'),
      output: join(folder, 'out'),
    };
    writeFileSync(files.queries, '{"_id":"q1","text":"one"}\n{"_id":"q2","text":"two"}\n');
    write();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}
