import { SecondpassError } from '../errors.ts';
import type { RankedRun } from './run.ts';
import { readRunJsonLines } from './run-json-lines.ts';
import { checkRunOptions, type RunOptions } from './trec-run-lines.ts';
import { readTrecRun } from './trec-run.ts';

/**
 * Reads a run by the name of its file: `.jsonl` (or `.jsonl.gz`) as JSON lines, anything else as a TREC run.
 * @throws SecondpassError `invalid-argument` with file and line; also for a run without a single line
 */
export async function readRun(path: string, options?: RunOptions): Promise<RankedRun> {
  checkRunOptions(options, 'readRun()');
  const read = /\.jsonl(?:\.gz)?$/i.test(path) ? readRunJsonLines : readTrecRun;
  const run = await read(path, options);
  if (run.lists.size > 0) return run;
  throw new SecondpassError('invalid-argument', `${path} is empty: a run needs at least one line.`);
}
