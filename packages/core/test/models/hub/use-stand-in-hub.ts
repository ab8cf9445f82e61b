// What the tests of the hub share: a stand-in on loopback, a cache folder of its own, a download of its one model.
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { SecondpassError } from '../../../src/errors.ts';
import { downloadModel, type DownloadModelOptions } from '../../../src/models/hub/hub.ts';
import { standInHub, type StandInHub, type Trick } from './stand-in-hub.ts';

export const onnx = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251));
export const files = {
  'config.json': Buffer.from('{"a":1}'),
  'onnx/model.onnx': onnx,
  'README.md': Buffer.from('not needed'),
};
export const needed = (paths: readonly string[]): readonly string[] => paths.filter((path) => path !== 'README.md');

export let cacheFolder: string;
export let hub: StandInHub;
export const get = (options: DownloadModelOptions = {}, choose = needed): ReturnType<typeof downloadModel> =>
  downloadModel('owner/name', choose, {
    endpoint: hub.endpoint,
    cacheFolder,
    token: false,
    offline: false,
    stallMs: 2000,
    retries: 2,
    ...options,
  });
export const failure = async (work: Promise<unknown>): Promise<SecondpassError> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!SecondpassError.isInstance(error)) throw new Error('expected a SecondpassError', { cause: error });
  return error;
};
/** Everything under a final name is complete: no blob differs in size from what it must be, no stray temporary file. */
export const finalBlobs = (): string[] => {
  const folder = join(cacheFolder, 'models--owner--name', 'blobs');
  return existsSync(folder) ? readdirSync(folder).filter((name) => /^[0-9a-f]+$/.test(name)) : [];
};

/** Sends the beginning of a file and breaks the connection. */
export const cutAfter =
  (count: number): Trick =>
  (_request, response, bytes) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, count), () => setTimeout(() => response.destroy(), 50));
    return true;
  };

/** Another hub in the place of this test's. */
export async function replaceHub(served: Record<string, Buffer>): Promise<void> {
  await hub[Symbol.asyncDispose]();
  hub = await standInHub(served);
}

/** A hub and an empty cache for each test of the file that calls it. */
export function useStandInHub(): void {
  beforeEach(async () => {
    cacheFolder = await mkdtemp(join(tmpdir(), 'secondpass-hub-'));
    hub = await standInHub(files);
  });
  afterEach(async () => {
    await hub[Symbol.asyncDispose]();
    await rm(cacheFolder, { recursive: true, force: true });
  });
}
