import { access, constants, stat } from 'node:fs/promises';
import { type Note, SecondpassError } from '@secondpass/core';
import { UsageError } from '../usage.ts';

/**
 * A run is read twice, and a pipe holds nothing the second time. A run that is not there is left to who reads it.
 * @throws UsageError for what is there and is no file: a pipe, a device, a folder
 */
export async function refuseStream(run: string): Promise<void> {
  const isFile = await stat(run).then(
    (status) => status.isFile(),
    () => true,
  );
  if (isFile) return;
  throw new UsageError(
    `--run is read twice and must be a file, not a pipe: ${run} is no file; write it to a file first.`,
  );
}

/**
 * Looked at before a model is loaded, which may be downloaded first.
 * @throws SecondpassError `invalid-argument` for a file that is not there or may not be read
 */
export async function refuseAbsent(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await access(path, constants.R_OK).catch((cause: Error) => {
      throw new SecondpassError('invalid-argument', `Cannot read ${path}: ${cause.message}`, { cause });
    });
  }
}

/** Files that do not belong together are a mistake, not a degradation. */
export function refuseStrangers(
  files: { readonly queries: string; readonly corpus: string; readonly run: string },
  found: {
    readonly runQueries: number;
    readonly unknownQueries: readonly string[];
    readonly needed: ReadonlySet<string>;
    readonly texts: ReadonlyMap<string, string>;
  },
): void {
  if (found.runQueries === 0) throw new SecondpassError('invalid-argument', `The run ${files.run} is empty.`);
  if (found.unknownQueries.length === found.runQueries) {
    throw new SecondpassError(
      'invalid-argument',
      `No query of ${files.run} is in ${files.queries} (the run has "${found.unknownQueries[0]}"). Do these files belong together?`,
    );
  }
  if (found.needed.size > 0 && found.texts.size === 0) {
    throw new SecondpassError(
      'invalid-argument',
      `No document of ${files.run} is in ${files.corpus} (the run has "${[...found.needed][0]}"). Do these files belong together?`,
    );
  }
}

/** A note about ids that one file has and another lacks. */
export function idNotes(code: string, ids: readonly string[], by: string, what: string): Note[] {
  return ids.length === 0 ? [] : [{ code, by, message: `${ids.length} ${what} ("${ids[0]}" among them).`, ids }];
}
