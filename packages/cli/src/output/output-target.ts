import type { Stats } from 'node:fs';
import { access, constants, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../usage.ts';
import { isOpenAlready, type StandardStream, standardStream } from './standard-stream.ts';

/** Where an output goes. */
export interface OutputTarget {
  /** The file itself, where links lead to one. */
  readonly path: string;
  /** True for a file, old or new. False for a device, a pipe or what is open already: written to and never replaced. */
  readonly isFile: boolean;
  /** Who may read and write the file that is there already: its permission bits. */
  readonly mode?: number;
  /** Where the output is one of this process's own streams: it is written to as it stands. */
  readonly standard?: StandardStream;
}

/**
 * Looks where an output would go; opens and touches nothing.
 * @throws UsageError for a folder, and where no file can be made: its folder does not exist, or that or a file that is
 *   there may not be written to
 */
export async function outputTarget(path: string): Promise<OutputTarget> {
  const standard = standardStream(path);
  if (standard) return { path, isFile: false, standard };
  try {
    const found = await statusOf(path);
    if (found?.isDirectory()) throw new UsageError(`Cannot write ${path}: it is a folder; name a file.`);
    const isFile = !isOpenAlready(path) && (found === undefined || found.isFile());
    const target = isFile && found ? await realpath(path) : path;
    if (isFile) await access(dirname(target), constants.W_OK);
    if (found || !isFile) await access(target, constants.W_OK);
    return { path: target, isFile, ...(isFile && found && { mode: found.mode & 0o777 }) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const fact = code === 'ENOENT' || code === 'ENOTDIR' ? 'its folder does not exist' : `it cannot be made (${code})`;
    throw new UsageError(`Cannot write ${path}: ${fact}.`);
  }
}

async function statusOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
