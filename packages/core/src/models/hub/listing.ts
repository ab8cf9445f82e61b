import { SecondpassError } from '../../errors.ts';
import { bodyChunks } from './body-chunks.ts';
import { causeOf, defaultStallMs, hubGet, withHubRetries, type HubRequest } from './request.ts';
import type { HubSettings } from './settings.ts';

/** Bytes; models with thousands of files come nowhere near. */
const longestDescription = 32 << 20;

/** One file of a model at one commit, and what to check it by. */
export interface HubFile {
  readonly path: string;
  readonly size: number;
  /** Large files carry a sha256 (64 hex digits), small ones the git blob id (40): sha1 over `blob <size>\0` and the bytes. */
  readonly hash: string;
}

/** A model at one commit: 40 hex digits, and its files. */
export interface HubListing {
  readonly commit: string;
  readonly files: readonly HubFile[];
}

/**
 * Asks the hub which files a model has at a revision (branch, tag or commit).
 * @throws SecondpassError `unknown-model`, or `failed` for an answer that cannot be trusted, such as another commit than
 *   the one asked for
 */
export async function listModel(
  settings: HubSettings,
  model: string,
  revision: string,
  options: Pick<HubRequest, 'signal' | 'stallMs'> & { readonly retries: number },
): Promise<HubListing> {
  const url = `${settings.endpoint}/api/models/${model}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const what = `model ${model} at revision ${revision}`;
  const answer = await withHubRetries(
    async () => {
      const response = await hubGet(settings, { url, what, ...options });
      return await readJson(response, `The hub's description of ${what}`, options);
    },
    options.retries,
    options.signal,
  );
  const listing = readListing(answer, what);
  if (/^[0-9a-f]{40}$/.test(revision) && listing.commit !== revision) {
    throw new SecondpassError('failed', `The hub was asked for ${what} and answered for commit ${listing.commit}.`);
  }
  return listing;
}

async function readJson(
  response: Response,
  subject: string,
  { signal, stallMs = defaultStallMs }: Pick<HubRequest, 'signal' | 'stallMs'>,
): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of bodyChunks(response, stallMs, signal)) {
      size += chunk.byteLength;
      if (size > longestDescription)
        throw new SecondpassError('failed', `${subject} is longer than ${longestDescription} bytes.`);
      chunks.push(chunk);
    }
    return JSON.parse(new TextDecoder().decode(Buffer.concat(chunks))) as unknown;
  } catch (error) {
    signal?.throwIfAborted();
    if (SecondpassError.isInstance(error)) throw error;
    throw new SecondpassError('failed', `${subject} broke off or is no JSON: ${causeOf(error)}.`, {
      cause: error,
      retryable: true,
    });
  }
}

/** A listing for `readListing`, which takes either kind of hash in either place. */
export function writeListing({ commit, files }: HubListing): string {
  const siblings = files.map(({ path, size, hash }) => ({ rfilename: path, size, blobId: hash }));
  return JSON.stringify({ sha: commit, siblings });
}

/** Keeps only what is well formed: the answer comes from outside, and paths and hashes become file names. */
export function readListing(answer: unknown, what: string): HubListing {
  const { sha, siblings } = (answer ?? {}) as { sha?: unknown; siblings?: unknown };
  if (typeof sha !== 'string' || !/^[0-9a-f]{40}$/.test(sha) || !Array.isArray(siblings)) {
    throw new SecondpassError('failed', `The hub's description of ${what} has no commit or no list of files.`);
  }
  const files: HubFile[] = [];
  for (const entry of siblings as Record<string, unknown>[]) {
    const lfs = entry?.['lfs'] as Record<string, unknown> | undefined;
    const path = entry?.['rfilename'];
    const size = lfs?.['size'] ?? entry?.['size'];
    const hash = lfs?.['sha256'] ?? entry?.['blobId'];
    if (
      typeof path !== 'string' ||
      !isSafePath(path) ||
      typeof size !== 'number' ||
      !Number.isSafeInteger(size) ||
      size < 0
    )
      continue;
    if (typeof hash !== 'string' || !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(hash)) continue;
    files.push({ path, size, hash });
  }
  return { commit: sha, files };
}

/** A relative path that stays inside its folder on every system. */
function isSafePath(path: string): boolean {
  return /^[\w.+-][\w.+ -]*(\/[\w.+-][\w.+ -]*)*$/.test(path) && !path.split('/').some((step) => /^\.+$/.test(step));
}
