import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SecondpassError } from '../../errors.ts';
import { missingDependency } from '../../optional-peer.ts';
import type { Note } from '../../types.ts';

/** The package whose model is used when no other is named. */
export const embeddedModel = '@secondpass/model-mini-en';

/** Where a model lies and what it is called. */
export interface ModelSource {
  readonly folder: string;
  readonly name: string;
  /** Version of the package that carries it. */
  readonly version?: string;
  /** What is to be said about it with every answer. */
  readonly remarks?: readonly Remark[];
}

/** A note that does not know yet who says it. */
export type Remark = Pick<Note, 'code' | 'message'>;

/**
 * Finds a model: a folder (path or file URL), or an installed package whose package.json says
 * `"secondpass": { "model": "./folder" }`. Packages are looked for from the working directory, then from this package.
 * A folder of that name goes before a package.
 * @throws SecondpassError `unknown-model` if there is neither, `missing-dependency` without the embedded model
 */
export function findModel(source: string | URL | undefined): ModelSource {
  if (source === undefined) {
    const found = packageModel(embeddedModel);
    if (found) return found;
    throw missingDependency(embeddedModel, 'a model that is not named');
  }
  if (typeof source !== 'string' && !(source instanceof URL)) {
    const fact = `A model is named by text or a file URL, not by ${source === null ? 'null' : `an ${typeof source}`}`;
    throw new SecondpassError(
      'invalid-argument',
      `${fact}; options come second: loadReranker(undefined, { workers: 2 }).`,
    );
  }
  if (source instanceof URL || source.startsWith('file:')) return folderModel(pathOf(source));
  if (isAbsolute(source) || /^\.{0,2}[\\/]|^\.{1,2}$/.test(source)) return folderModel(resolve(source));
  if (isFolder(resolve(source))) return folderModel(resolve(source));
  const found = packageModel(source);
  if (found) return found;
  if (existsSync(resolve(source))) return folderModel(resolve(source));
  throw new SecondpassError(
    'unknown-model',
    `No model "${source}": there is no folder ${resolve(source)} and no installed package of that name that carries one.`,
  );
}

function pathOf(url: string | URL): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    const message = `The model ${String(url)} is no folder on this machine: ${(cause as Error).message}.`;
    throw new SecondpassError('unknown-model', message, { cause });
  }
}

function folderModel(folder: string): ModelSource {
  if (isFolder(folder)) return { folder, name: basename(folder) };
  const what = existsSync(folder) ? 'is a file; give the folder that holds it' : 'does not exist';
  throw new SecondpassError('unknown-model', `The model folder ${folder} ${what}.`);
}

function packageModel(name: string): ModelSource | undefined {
  if (!/^(@[\w.-]+\/)?[\w-][\w.-]*$/.test(name)) return undefined;
  for (const from of [pathToFileURL(join(process.cwd(), 'package.json')).href, import.meta.url]) {
    const manifest = findManifest(name, from);
    if (manifest === undefined) continue;
    const { version, secondpass } = JSON.parse(readFileSync(manifest, 'utf8')) as {
      version?: string;
      secondpass?: { model?: string };
    };
    if (typeof secondpass?.model !== 'string') {
      throw new SecondpassError(
        'unknown-model',
        `The package ${name} carries no model: its package.json has no "secondpass": { "model": "./folder" }.`,
      );
    }
    return { folder: resolve(dirname(manifest), secondpass.model), name, ...(version && { version }) };
  }
  return undefined;
}

/** Path of a package's package.json, whether the package exports it or not. */
function findManifest(name: string, from: string): string | undefined {
  const require = createRequire(from);
  try {
    return require.resolve(`${name}/package.json`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') return undefined;
    return require.resolve
      .paths(name)
      ?.map((folder) => join(folder, name, 'package.json'))
      .find((path) => existsSync(path));
  }
}

/** Links are followed. False where nothing is, and where a path leads through a file or is none. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
