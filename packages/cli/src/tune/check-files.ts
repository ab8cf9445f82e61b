import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkOutput } from '../output/check-output.ts';
import { outputTarget } from '../output/output-target.ts';
import { UsageError } from '../usage.ts';

/** @throws UsageError for a folder that is not there, or is none in BEIR's form: it holds no corpus or no queries */
export function checkFolder(folder: string): void {
  if (!existsSync(folder)) throw new UsageError(`There is no folder ${folder}.`);
  const absent = ['corpus.jsonl', 'queries.jsonl'].filter((name) => !existsSync(join(folder, name)));
  if (absent.length === 0) return;
  const fact = absent.length === 1 ? `has no ${absent[0]}` : 'has none of them';
  throw new UsageError(`tune needs a BEIR folder (corpus.jsonl, queries.jsonl, qrels.tsv); ${folder} ${fact}.`);
}

/** @throws UsageError for a run that is not there, or is a folder */
export function checkRun(run: string): void {
  if (statSync(run, { throwIfNoEntry: false })?.isDirectory() ?? true) {
    throw new UsageError(`--run names no file (looked for ${run}).`);
  }
}

/**
 * Checks where tune would write, before anything is read or loaded.
 * @throws UsageError as `checkOutput`; for results that could not be read again: a device, a pipe, the standard output,
 *   or a file that is read as packed
 */
export async function checkOutputs(
  { results, page }: { readonly results: string | undefined; readonly page: string | undefined },
  read: readonly string[],
): Promise<void> {
  if (results !== undefined) await checkOutput('results', results, read);
  if (page !== undefined) await checkOutput('report', page, results === undefined ? read : [...read, results]);
  if (results !== undefined && /\.gz$/i.test(results)) {
    throw new UsageError(
      `--results grows line by line and is not packed; name ${results} without ${results.slice(-3)}.`,
    );
  }
  if (results === undefined || (await outputTarget(results)).isFile) return;
  throw new UsageError(`--results is read again when tune is started again, and must be a file; ${results} is none.`);
}
