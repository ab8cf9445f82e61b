import { checkInteger, tell } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import {
  cachedListing,
  cachedModel,
  linkIntoSnapshot,
  rememberCommit,
  rememberListing,
  snapshotFor,
  type CachedModel,
} from './hub-cache.ts';
import { diskError } from './disk-error.ts';
import { downloadBlob } from './hub-download.ts';
import { listModel, type HubFile } from './hub-listing.ts';
import { hubSettings, type HubOptions, type HubSettings } from './hub-settings.ts';

export interface DownloadModelOptions extends HubOptions {
  /**
   * Branch, tag or commit. Default `main`; pin a commit (all 40 digits) to get the same bytes for ever, and to ask the hub
   * for nothing that is here already.
   */
  readonly revision?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How often a cut, stalled or refused (429, 5xx) request is tried again. Default 4. */
  readonly retries?: number | undefined;
  /** Milliseconds without a byte after which a connection counts as stalled. Default 30,000. */
  readonly stallMs?: number | undefined;
  /** Called as bytes arrive, with what is there of all files that are needed. What it throws is ignored. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

export interface DownloadProgress {
  readonly model: string;
  readonly file: string;
  /** Bytes of all needed files that are here, and their total. */
  readonly done: number;
  readonly total: number;
}

/** A model's folder on this machine and the commit that it holds. */
export interface DownloadedModel {
  readonly folder: string;
  readonly commit: string;
  /** Why the hub could not be asked, if it could not: then this is what the cache held. */
  readonly outage?: string;
}

/** With a copy at hand, an unreachable hub is asked only so often and so long. */
const patience = { retries: 1, stallMs: 10_000 };

/** True for `owner/name`, the only form a hub model's name has here. */
export function isHubName(name: string): boolean {
  return /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(name) && !name.includes('..') && !name.includes('--');
}

/**
 * Brings the files that `choose` names from a hub model into the shared cache and returns their folder.
 * Downloads resume, are checked (size and hash), appear under their names only when complete, and are safe when two
 * processes want the same file. Offline, what is in the cache is used; so it is when the hub cannot be reached or fails,
 * and then the answer says why.
 * @param choose picks the needed files out of all paths; may throw if a needed one is absent
 * @throws SecondpassError `invalid-argument` (name, revision, token), `unknown-model` (401, 403, 404), `not-cached` (offline), `failed`
 */
export async function downloadModel(
  model: string,
  choose: (paths: readonly string[]) => readonly string[],
  options: DownloadModelOptions = {},
): Promise<DownloadedModel> {
  const { revision = 'main', retries = 4, signal, stallMs } = options;
  if (!isHubName(model))
    throw new SecondpassError('invalid-argument', `"${model}" is no hub model: it takes the form owner/name.`);
  if (!/^[\w.-]+(\/[\w.-]+)*$/.test(revision) || revision.includes('..')) {
    throw new SecondpassError('invalid-argument', `The revision "${revision}" is no branch, tag or commit.`);
  }
  checkInteger('retries', retries, 0);
  checkInteger('stallMs', stallMs, 1);
  const settings = await hubSettings(options);
  const cached = cachedModel(settings, model);
  const looking = snapshotFor(cached, revision, choose);
  const kept = settings.offline ? await looking : await looking.catch(() => undefined);
  if (settings.offline) {
    if (kept) return kept;
    throw new SecondpassError(
      'not-cached',
      `${model} (revision ${revision}) is not in ${settings.cacheFolder} and offline mode is on. Load it once with the network, or copy the cache here.`,
    );
  }
  let listing = await cachedListing(cached, revision);
  try {
    listing ??= await listModel(settings, model, revision, {
      signal,
      retries: kept ? Math.min(retries, patience.retries) : retries,
      stallMs: kept ? Math.min(stallMs ?? patience.stallMs, patience.stallMs) : stallMs,
    });
  } catch (error) {
    if (!kept || !SecondpassError.isInstance(error) || !error.retryable) throw error;
    return { ...kept, outage: error.message };
  }
  const { commit, files } = listing;
  const wanted = new Set(choose(files.map(({ path }) => path)));
  // Graphs last: where one is in a snapshot, everything that belongs to it is there, too.
  const isGraph = ({ path }: HubFile): number => Number(path.endsWith('.onnx'));
  const needed = files.filter(({ path }) => wanted.has(path)).sort((a, b) => isGraph(a) - isGraph(b));
  try {
    await fetchFiles(settings, cached, commit, needed, { ...options, model, retries });
    await rememberCommit(cached, revision, commit);
    await rememberListing(cached, listing);
  } catch (error) {
    throw diskError(error, `The model ${model}`, settings.cacheFolder);
  }
  return { folder: cached.snapshot(commit), commit };
}

async function fetchFiles(
  settings: HubSettings,
  cached: CachedModel,
  commit: string,
  files: readonly HubFile[],
  options: DownloadModelOptions & { readonly model: string; readonly retries: number },
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

export type { HubFile, HubOptions };
