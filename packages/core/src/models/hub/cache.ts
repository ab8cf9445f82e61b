import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { readListing, writeListing, type HubFile, type HubListing } from './listing.ts';
import type { HubSettings } from './settings.ts';

/**
 * The cache layout of the Python client, so that both share what is downloaded:
 * `models--owner--name/blobs/<hash>`, `snapshots/<commit>/<path>` (links into blobs), `refs/<revision>` (a commit).
 */
export interface CachedModel {
  readonly folder: string;
  readonly blob: (hash: string) => string;
  readonly lock: (hash: string) => string;
  readonly snapshot: (commit: string) => string;
}

/** Paths of one model in the cache. `model` is `owner/name`, already checked. */
export function cachedModel(settings: HubSettings, model: string): CachedModel {
  const name = `models--${model.replaceAll('/', '--')}`;
  const folder = join(settings.cacheFolder, name);
  return {
    folder,
    blob: (hash) => join(folder, 'blobs', hash),
    lock: (hash) => join(settings.cacheFolder, '.locks', name, `${hash}.secondpass-lock`),
    snapshot: (commit) => join(folder, 'snapshots', commit),
  };
}

/** The commit that a branch or tag pointed to when it was last asked for; a full commit is its own answer. */
export async function cachedCommit(cached: CachedModel, revision: string): Promise<string | undefined> {
  if (/^[0-9a-f]{40}$/.test(revision)) return revision;
  try {
    const commit = (await readFile(join(cached.folder, 'refs', ...revision.split('/')), 'utf8')).trim();
    return /^[0-9a-f]{40}$/.test(commit) ? commit : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers which commit a branch or tag points to. */
export async function rememberCommit(cached: CachedModel, revision: string, commit: string): Promise<void> {
  if ((await cachedCommit(cached, revision)) === commit) return;
  const path = join(cached.folder, 'refs', ...revision.split('/'));
  await mkdir(dirname(path), { recursive: true });
  await writeAtomically(path, commit);
}

/** What a commit holds does not change: asked for once, it is not asked for again. A file of ours, beside the client's. */
function listingPath(cached: CachedModel, commit: string): string {
  return join(cached.folder, '.secondpass', `${commit}.json`);
}

/** The listing of a revision that is a commit, if it was asked for before. */
export async function cachedListing(cached: CachedModel, revision: string): Promise<HubListing | undefined> {
  if (!/^[0-9a-f]{40}$/.test(revision)) return undefined;
  try {
    const listing = readListing(JSON.parse(await readFile(listingPath(cached, revision), 'utf8')), revision);
    return listing.commit === revision ? listing : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a listing if the cache can be written; it can do without. */
export async function rememberListing(cached: CachedModel, listing: HubListing): Promise<void> {
  if (await cachedListing(cached, listing.commit)) return;
  const path = listingPath(cached, listing.commit);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeAtomically(path, writeListing(listing));
  } catch {
    // Then the hub is asked again.
  }
}

/** Size of a file in bytes, following links, or `undefined` if there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}

/** Makes a blob appear at its path in the snapshot: by a relative link, or by a copy where links are not allowed. */
export async function linkIntoSnapshot(cached: CachedModel, commit: string, file: HubFile): Promise<void> {
  const path = join(cached.snapshot(commit), ...file.path.split('/'));
  if ((await sizeOf(path)) === file.size) return;
  await mkdir(dirname(path), { recursive: true });
  const blob = cached.blob(file.hash);
  const temporary = `${path}.${randomUUID()}`;
  try {
    await symlink(relative(dirname(path), blob), temporary);
  } catch {
    await copyFile(blob, temporary);
  }
  await renameOver(temporary, path);
}

/** Paths of the files that a snapshot has, with forward slashes; links whose file is gone are left out. */
async function filesInSnapshot(cached: CachedModel, commit: string): Promise<string[]> {
  const folder = cached.snapshot(commit);
  const paths: string[] = [];
  const visit = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true }).catch(() => [])) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if ((await sizeOf(join(folder, path))) !== undefined) paths.push(path);
    }
  };
  await visit('');
  return paths;
}

/** What the cache holds of a revision, if it holds anything. @throws what `choose` throws if that is not enough */
export async function snapshotFor(
  cached: CachedModel,
  revision: string,
  choose: (paths: readonly string[]) => readonly string[],
): Promise<{ readonly folder: string; readonly commit: string } | undefined> {
  const commit = await cachedCommit(cached, revision);
  const paths = commit === undefined ? [] : await filesInSnapshot(cached, commit);
  if (commit === undefined || paths.length === 0) return undefined;
  choose(paths);
  return { folder: cached.snapshot(commit), commit };
}

async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, text);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await renameOver(temporary, path);
}

/** Renames onto a path that may exist; leaves nothing behind if that fails. */
export async function renameOver(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    await rm(from, { force: true });
    throw error;
  }
}
