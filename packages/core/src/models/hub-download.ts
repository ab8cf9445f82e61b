// Over 150 lines: one download, from the lock to the name that the file gets, is best read in one piece.
import { createHash, randomUUID, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SecondpassError } from '../errors.ts';
import { diskError, isDiskError } from './disk-error.ts';
import { withFileLock } from './file-lock.ts';
import { renameOver, sizeOf, type CachedModel } from './hub-cache.ts';
import type { HubFile } from './hub-listing.ts';
import { causeOf, hubGet, withHubRetries } from './hub-request.ts';
import type { HubSettings } from './hub-settings.ts';

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly stallMs?: number | undefined;
  readonly retries: number;
  /** Called as bytes arrive: of this file, so far and in all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

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
    // What an interrupted download left is claimed by renaming it, so that no second process appends to it.
    const begun = `${blob}.secondpass-part`;
    const part = `${blob}.${randomUUID()}.secondpass-part`;
    await rename(begun, part).catch(() => undefined);
    try {
      await withHubRetries(() => fill(settings, url, file, part, options), options.retries, options.signal);
      await verify(part, file);
      await renameOver(part, blob);
    } catch (error) {
      const broken = SecondpassError.isInstance(error) && error.code === 'failed' && !error.retryable;
      if (broken || (await sizeOf(part)) === undefined) await rm(part, { force: true });
      else await rename(part, begun).catch(() => rm(part, { force: true }));
      throw diskError(error, `${file.path} (${file.size} bytes)`, dirname(blob));
    }
  });
}

/** Appends to `part` until it has the file's size; a server that ignores the range starts it anew. */
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
  const handle = await open(part, resumed ? 'a' : 'w');
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
  const { signal, stallMs = 30_000, onProgress } = options;
  const reader = response.body?.getReader();
  let done = start;
  try {
    for (;;) {
      const chunk = reader ? await readWithin(reader, stallMs, signal) : undefined;
      if (!chunk) break;
      done += chunk.byteLength;
      if (done > file.size)
        throw new SecondpassError(
          'failed',
          `The hub sent more than the ${file.size} bytes it announced for ${file.path}; nothing was kept.`,
        );
      await handle.writeFile(chunk);
      onProgress?.(done, file.size);
    }
  } catch (error) {
    await reader?.cancel().catch(() => undefined);
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

async function readWithin(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  stallMs: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  const stalled = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no byte within ${stallMs} ms`)), stallMs);
    stop = () => reject(signal!.reason as Error);
    signal?.addEventListener('abort', stop, { once: true });
  });
  try {
    const { done, value } = await Promise.race([reader.read(), stalled]);
    return done ? undefined : value;
  } finally {
    clearTimeout(timer);
    if (stop) signal?.removeEventListener('abort', stop);
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
