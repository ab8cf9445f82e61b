import { open, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { SecondpassError } from '@secondpass/core';
import { outputTarget } from './output-target.ts';

/** A file that is there whole or not at all; or a device, a pipe or a stream, which gets what is written at once. */
export interface OutputFile {
  /** True for a file: until it is finished, nothing stands under its name. */
  readonly takesBack: boolean;
  write(text: string): Promise<void>;
  /** Puts the file under its name. */
  finish(): Promise<void>;
  /** Takes back what was written to a file. After a `finish` that succeeded it does nothing. */
  discard(): Promise<void>;
}

/**
 * Opens `path` for writing. A file is written beside it first, as `path.<process id>.tmp`, and renamed when finished; one
 * that replaces another is for the same people to read and write.
 * What is named `.gz` is packed, each text by itself, which every reader of such files puts together.
 * @throws UsageError as `outputTarget`; SecondpassError `failed` where writing fails: the disk is full, say
 */
export async function openOutput(path: string): Promise<OutputFile> {
  const target = await outputTarget(path);
  if (target.standard) return streamOutput(path, process[target.standard]);
  const written = target.isFile ? `${target.path}.${process.pid}.tmp` : target.path;
  const file = await attempt(path, () => open(written, target.isFile ? 'wx' : 'a', target.mode));
  const pack = /\.gz$/i.test(path) ? promisify(gzip) : async (text: string) => text;
  let finished = false;
  return {
    takesBack: target.isFile,
    // Not `write`, which may take a part of the text only.
    write: (text) => attempt(path, async () => file.appendFile(await pack(text))),
    finish: () =>
      attempt(path, async () => {
        // What was taken off by the process's mask.
        if (target.mode !== undefined) await file.chmod(target.mode);
        if (target.isFile) await file.sync();
        await file.close();
        if (target.isFile) await rename(written, target.path);
        finished = true;
      }),
    async discard() {
      if (finished) return;
      await file.close();
      if (target.isFile) await rm(written, { force: true });
    },
  };
}

/** A stream of this process as an output: nothing is opened, replaced, closed or taken back. */
function streamOutput(path: string, stream: NodeJS.WriteStream): OutputFile {
  const write = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      // Later than the stream's own event, so that a reader who went away ends the command quietly.
      stream.write(text, (error) => (error ? setImmediate(reject, error) : resolve()));
    });
  return {
    takesBack: false,
    write: (text) => attempt(path, () => write(text)),
    finish: async () => {},
    discard: async () => {},
  };
}

/** Writes a text as a whole. See `openOutput`. */
export async function writeOutput(path: string, text: string): Promise<void> {
  const file = await openOutput(path);
  try {
    await file.write(text);
    await file.finish();
  } finally {
    await file.discard();
  }
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new SecondpassError('failed', `Cannot write ${path}: ${(cause as Error).message}.`, { cause });
  }
}
