import { stat } from 'node:fs/promises';
import { UsageError } from '../usage.ts';
import { outputTarget } from './output-target.ts';
import { standardStream } from './standard-stream.ts';

/**
 * Checks a path that `--option` gives, before anything is read or loaded. A file that is read is known under any of its
 * names; `inputs` need not exist.
 * @throws UsageError if it is one of the inputs, or as `outputTarget`
 */
export async function checkOutput(option: string, path: string, inputs: readonly string[]): Promise<void> {
  const { isFile, standard } = await outputTarget(path);
  if (!isFile && !standard) return;
  const output = await fileNumber(path);
  for (const input of inputs) {
    if (input === path || (output !== undefined && (await fileNumber(input)) === output)) {
      throw new UsageError(`--${option} is one of the files that are read (${path}); name another.`);
    }
  }
}

/**
 * True if `--option` sends its output where the command prints: what is for a person then goes to the error output.
 * @throws UsageError with `json`, which must be alone on the standard output
 */
export function sharesStandardOutput(option: string, path: string, json: boolean): boolean {
  if (standardStream(path) !== 'stdout') return false;
  if (!json) return true;
  throw new UsageError(
    `--json and --${option} both go to the standard output (${path}); name a file, or leave --json out.`,
  );
}

/** What tells a file from every other on this machine, whatever it is called; `undefined` where there is none. */
async function fileNumber(path: string): Promise<string | undefined> {
  return stat(path, { bigint: true }).then(
    (status) => (status.isFile() ? `${status.dev}:${status.ino}` : undefined),
    () => undefined,
  );
}
