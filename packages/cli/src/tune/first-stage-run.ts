import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SecondpassError } from '@secondpass/core';
import { type RankedRun, readRun } from '@secondpass/core/evaluate';
import { nameRuns } from '../evaluate/name-runs.ts';

/** The only `.trec` file of a folder; `undefined` where it has none. */
export function onlyRun(folder: string): string | undefined {
  const runs = readdirSync(folder)
    .filter((name) => /\.trec(\.gz)?$/i.test(name))
    .sort();
  if (runs.length > 1)
    throw new SecondpassError(
      'invalid-argument',
      `${folder} holds ${runs.length} runs (${runs.join(', ')}); name one with --run.`,
    );
  return runs[0] && join(folder, runs[0]);
}

/** A run, whole and called as `evaluate` calls it. */
export function readFirstStage(path: string, duplicates: 'throw' | 'keep-best'): Promise<RankedRun> {
  return readRun(path, { name: nameRuns([path])[0], duplicates });
}

/** The ids of a run's hits, each once, from the top of every list down to a depth. */
export function idsDownTo({ lists }: RankedRun, depth: number): Set<string> {
  return new Set([...lists.values()].flatMap((hits) => hits.slice(0, depth).map(({ id }) => id)));
}
