import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { SecondpassError } from '@secondpass/core';

/** A file that is there whole or not at all. */
export interface OutputFile {
  write(text: string): Promise<void>;
  /** Puts the file under its name. */
  finish(): Promise<void>;
  /** Takes back what was written. After `finish` it does nothing. */
  discard(): Promise<void>;
}

/** Opens `path` for writing, beside it first: `path.<process id>.tmp`, renamed when finished. */
export async function openOutput(path: string): Promise<OutputFile> {
  const unfinished = `${path}.${process.pid}.tmp`;
  let file: FileHandle | undefined;
  try {
    file = await open(unfinished, 'wx');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const fact = code === 'ENOENT' ? 'its folder does not exist' : `the file cannot be made (${code})`;
    throw new SecondpassError('invalid-argument', `Cannot write ${path}: ${fact}.`, { cause });
  }
  return {
    async write(text) {
      await file!.write(text);
    },
    async finish() {
      await file!.sync();
      await file!.close();
      file = undefined;
      await rename(unfinished, path);
    },
    async discard() {
      if (!file) return;
      await file.close();
      file = undefined;
      await rm(unfinished, { force: true });
    },
  };
}
