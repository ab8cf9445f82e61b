import { stat } from 'node:fs/promises';
import { UsageError } from '../usage.ts';
import { outputTarget } from './output-target.ts';

/**
 * Checks a path that `--option` gives, before anything is read or loaded. A file that is read is known under any of its
 * names; `inputs` need not exist.
 * @throws UsageError if it is one of the inputs, or as `outputTarget`
 */
export async function checkOutput(option: string, path: string, inputs: readonly string[]): Promise<void> {
  const { isFile } = await outputTarget(path);
  if (!isFile) return;
  const output = await fileNumber(path);
  for (const input of inputs) {
    if (input === path || (output !== undefined && (await fileNumber(input)) === output)) {
      throw new UsageError(`--${option} is one of the files that are read (${path}); name another.`);
    }
  }
}

/** What tells the file from every other on this machine, whatever it is called; `undefined` where there is none. */
async function fileNumber(path: string): Promise<string | undefined> {
  return stat(path, { bigint: true }).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => undefined,
  );
}
