import { checkInteger, checkOptionNames } from '../../check.ts';
import { SecondpassError } from '../../errors.ts';
import { diskError, isDiskError } from './disk-error.ts';
import { cachedListing, cachedModel, snapshotFor } from './cache.ts';
import { fetchChosen, type DownloadProgress } from './fetch.ts';
import { listModel, type HubFile } from './listing.ts';
import { hubSettings, type HubOptions } from './settings.ts';

export interface DownloadModelOptions extends HubOptions {
  /**
   * Branch, tag or commit. Default `main`; pin a commit (all 40 digits) to get the same bytes for ever, and to ask the hub
   * for nothing that is here already.
   */
  readonly revision?: string | undefined;
  /** Ends the download, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How often a cut, stalled or refused (429, 5xx) request is tried again. Default 4, with a copy at hand 1. */
  readonly retries?: number | undefined;
  /**
   * Milliseconds without a byte after which a connection counts as stalled, at least 1. Default 30,000; with a copy at
   * hand 10,000 at most.
   */
  readonly stallMs?: number | undefined;
  /** Called as bytes arrive, with what is there of all files that are needed. What it throws is ignored. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

const optionNames = 'endpoint cacheFolder token offline revision signal retries stallMs onProgress'.split(' ');

/** A model's folder on this machine and the commit that it holds. */
export interface DownloadedModel {
  readonly folder: string;
  readonly commit: string;
  /** Why the hub's files could not be had, if they could not: then this is what the cache held. */
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
 * be it after it has named a newer commit, or the disk takes no more: then the answer says why.
 * @param choose picks the needed files out of all paths; may throw if a needed one is absent
 * @throws SecondpassError `invalid-argument` (name, revision, token, an unknown option), `unknown-model` (401, 403,
 *   404), `not-cached` (offline), `failed`
 */
export async function downloadModel(
  model: string,
  choose: (paths: readonly string[]) => readonly string[],
  options: DownloadModelOptions = {},
): Promise<DownloadedModel> {
  checkOptionNames(options, optionNames, 'downloadModel()');
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
  const own = { ...options, model, revision, ...(kept ? patient(retries, stallMs) : { retries, stallMs }) };
  try {
    const listing = (await cachedListing(cached, revision)) ?? (await listModel(settings, model, revision, own));
    return await fetchChosen(settings, cached, listing, choose, own);
  } catch (error) {
    signal?.throwIfAborted();
    const told = diskError(error, `The model ${model}`, settings.cacheFolder);
    if (kept && isOutage(told)) return { ...kept, outage: told.message };
    throw told;
  }
}

function patient(retries: number, stallMs = patience.stallMs): typeof patience {
  return { retries: Math.min(retries, patience.retries), stallMs: Math.min(stallMs, patience.stallMs) };
}

/** Whether a copy at hand stands in: the hub fails, or the disk is full. A refusal or a damaged file is told. */
function isOutage(error: unknown): error is SecondpassError {
  return SecondpassError.isInstance(error) && (error.retryable || isDiskError(error.cause));
}

export type { DownloadProgress, HubFile, HubOptions };
