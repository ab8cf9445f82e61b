import { tell } from '../../check.ts';
import { linkIntoSnapshot, rememberCommit, rememberListing, type CachedModel } from './cache.ts';
import { downloadBlob } from './download.ts';
import type { HubFile, HubListing } from './listing.ts';
import type { HubSettings } from './settings.ts';

/** How far the download of a model is; told as bytes arrive, and after every file. */
export interface DownloadProgress {
  readonly model: string;
  readonly file: string;
  /** Bytes of all needed files that are here, and their total. */
  readonly done: number;
  readonly total: number;
}

/** How a download goes on, and who hears of it: `retries` of one request; `stallMs`, milliseconds without a byte. */
export interface FetchOptions {
  readonly model: string;
  readonly revision: string;
  readonly retries: number;
  readonly stallMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/**
 * Fetches what `choose` picks out of a listing, and remembers that it is here.
 * @throws as `downloadBlob`, and of the disk
 */
export async function fetchChosen(
  settings: HubSettings,
  cached: CachedModel,
  listing: HubListing,
  choose: (paths: readonly string[]) => readonly string[],
  options: FetchOptions,
): Promise<{ readonly folder: string; readonly commit: string }> {
  const { commit, files } = listing;
  const wanted = new Set(choose(files.map(({ path }) => path)));
  // Graphs last: where one is in a snapshot, everything that belongs to it is there, too.
  const isGraph = ({ path }: HubFile): number => Number(path.endsWith('.onnx'));
  const needed = files.filter(({ path }) => wanted.has(path)).sort((a, b) => isGraph(a) - isGraph(b));
  await fetchFiles(settings, cached, commit, needed, options);
  await rememberCommit(cached, options.revision, commit);
  await rememberListing(cached, listing);
  return { folder: cached.snapshot(commit), commit };
}

async function fetchFiles(
  settings: HubSettings,
  cached: CachedModel,
  commit: string,
  files: readonly HubFile[],
  options: FetchOptions,
): Promise<void> {
  const { model, retries, signal, stallMs, onProgress } = options;
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  for (const file of files) {
    const report = (done: number): void => tell(onProgress, { model, file: file.path, done: before + done, total });
    const url = `${settings.endpoint}/${model}/resolve/${commit}/${file.path.split('/').map(encodeURIComponent).join('/')}`;
    await downloadBlob(settings, cached, url, file, { signal, stallMs, retries, onProgress: report });
    await linkIntoSnapshot(cached, commit, file);
    before += file.size;
    report(0);
  }
}
