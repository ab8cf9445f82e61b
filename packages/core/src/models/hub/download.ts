// Over 150 lines: one download, from the lock to the name that the file gets, is best read in one piece.
import { createHash, randomUUID, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SecondpassError } from '../../errors.ts';
import { bodyChunks } from './body-chunks.ts';
import { diskError, isDiskError } from './disk-error.ts';
import { withFileLock } from './file-lock.ts';
import { renameOver, sizeOf, type CachedModel } from './cache.ts';
import type { HubFile } from './listing.ts';
import { causeOf, defaultStallMs, hubGet, withHubRetries } from './request.ts';
import type { HubSettings } from './settings.ts';

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly stallMs?: number | undefined;
  readonly retries: number;
  /** Called as bytes arrive: of this file, so far and in all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** How the names of unfinished files end. */
const partEnd = '.secondpass-part';

/**
 * Brings one file into the cache's `blobs`. What is there already is used; what was begun is resumed; nothing gets its
 * final name before its size and hash are right. Safe when several processes want the same file.
 * @throws SecondpassError `failed` with what to do about it: a cut connection, a wrong hash, a full disk
 */
export async function downloadBlob(
  settings: HubSettings,
  cached: CachedModel,
  url: string,
  file: HubFile,
  options: DownloadOptions,
): Promise<void> {
  const blob = cached.blob(file.hash);
  if ((await sizeOf(blob)) === file.size) return;
  await mkdir(dirname(blob), { recursive: true });
  await withFileLock(cached.lock(file.hash), options.signal, async () => {
    if ((await sizeOf(blob)) === file.size) return;
    const part = `${blob}.${randomUUID()}${partEnd}`;
    await adoptPart(blob, part);
    try {
      await withHubRetries(() => fill(settings, url, file, part, options), options.retries, options.signal);
      await verify(part, file);
      await renameOver(part, blob);
    } catch (error) {
      // Another process may have adopted the part and finished it: a lock left untouched for long is taken over.
      if (!options.signal?.aborted && (await sizeOf(blob)) === file.size) return;
      const broken = SecondpassError.isInstance(error) && error.code === 'failed' && !error.retryable;
      if (broken) await rm(part, { force: true });
      throw diskError(error, `${file.path} (${file.size} bytes)`, dirname(blob));
    }
  });
}

/**
 * Gives `part` what an interrupted download of a blob left, however it ended: the longest of the files that it may have
 * left gets the name, the others go, and so does what is no file: a link in a shared cache could lead anywhere. To be called
 * by who holds the lock.
 */
async function adoptPart(blob: string, part: string): Promise<void> {
  const folder = dirname(blob);
  const names = (await readdir(folder)).filter(
    (name) => name.startsWith(`${basename(blob)}.`) && name.endsWith(partEnd),
  );
  const left = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const found = await lstat(path).catch(() => undefined);
      return { path, size: found?.isFile() ? found.size : -1 };
    }),
  );
  left.sort((a, b) => b.size - a.size);
  const longest = left[0] && left[0].size >= 0 ? left.shift() : undefined;
  if (longest) await rename(longest.path, part).catch(() => undefined);
  for (const { path } of left) await rm(path, { force: true }).catch(() => undefined);
}

/** Fills `part` from where it ends until it has the file's size; a server that ignores the range starts it anew. */
async function fill(
  settings: HubSettings,
  url: string,
  file: HubFile,
  part: string,
  options: DownloadOptions,
): Promise<void> {
  let have = (await sizeOf(part)) ?? 0;
  if (have > file.size) await rm(part);
  if (have === file.size && file.size > 0) return;
  if (have > file.size) have = 0;
  const what = `file ${file.path}`;
  const headers: Record<string, string> = {
    'accept-encoding': 'identity',
    ...(have > 0 && { range: `bytes=${have}-` }),
  };
  const response = await hubGet(settings, { url, what, headers, signal: options.signal, stallMs: options.stallMs });
  const resumed =
    response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${have}-`) === true;
  if (response.status === 416 || (response.status === 206 && !resumed)) {
    await response.body?.cancel();
    await rm(part, { force: true });
    throw new SecondpassError('failed', `The hub would not resume ${what}; it is fetched from the start.`, {
      retryable: true,
    });
  }
  const handle = await open(part, resumed ? 'r+' : 'w');
  try {
    await copyBody(response, handle, resumed ? have : 0, file, options);
  } finally {
    await handle.close();
  }
}

async function copyBody(
  response: Response,
  handle: FileHandle,
  start: number,
  file: HubFile,
  options: DownloadOptions,
): Promise<void> {
  const { signal, stallMs = defaultStallMs, onProgress } = options;
  let done = start;
  try {
    for await (const chunk of bodyChunks(response, stallMs, signal)) {
      if (done + chunk.byteLength > file.size)
        throw new SecondpassError(
          'failed',
          `The hub sent more than the ${file.size} bytes it announced for ${file.path}; nothing was kept.`,
        );
      await writeAt(handle, chunk, done);
      done += chunk.byteLength;
      onProgress?.(done, file.size);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (SecondpassError.isInstance(error) || isDiskError(error)) throw error;
    throw new SecondpassError(
      'failed',
      `The download of ${file.path} broke off after ${done} of ${file.size} bytes: ${causeOf(error)}. Run it again: it resumes.`,
      { cause: error, retryable: true },
    );
  }
  if (done < file.size) {
    throw new SecondpassError(
      'failed',
      `The download of ${file.path} ended after ${done} of ${file.size} bytes. Run it again: it resumes.`,
      { retryable: true },
    );
  }
}

/** Not at the end but at its place, so that two processes that fill one part after all write the same bytes twice. */
async function writeAt(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < chunk.byteLength;) {
    at += (await handle.write(chunk, at, chunk.byteLength - at, position + at)).bytesWritten;
  }
}

async function verify(path: string, file: HubFile): Promise<void> {
  const large = file.hash.length === 64;
  const hash: Hash = createHash(large ? 'sha256' : 'sha1');
  if (!large) hash.update(`blob ${file.size}\0`);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  if (found === file.hash) return;
  throw new SecondpassError(
    'failed',
    `${file.path} arrived damaged: its ${large ? 'sha256' : 'git id'} is ${found}, the hub announced ${file.hash}. ` +
      `Nothing was kept; try again, and if it stays so, look for a proxy that changes downloads.`,
  );
}
