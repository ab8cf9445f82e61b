import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustRun } from './run.ts';

export const root: string = fileURLToPath(new URL('../../../', import.meta.url));
export const pnpmVersion = '10.34.9';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface Packed {
  readonly name: string;
  readonly manifest: Manifest;
  /** Absolute path of the tarball. */
  readonly tarball: string;
  readonly bytes: number;
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The folders of the workspace's packages. */
export function packageFolders(): string[] {
  return readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .filter((folder) => readdirSync(folder).includes('package.json'));
}

/** Packs every package of the workspace as it would be published. */
export async function packAll(into: string): Promise<Packed[]> {
  mkdirSync(into, { recursive: true });
  const packed: Packed[] = [];
  for (const folder of packageFolders()) {
    const manifest = readManifest(folder);
    await mustRun('npx', ['--yes', `pnpm@${pnpmVersion}`, 'pack', '--pack-destination', into], { cwd: folder });
    const stem = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
    const tarball = join(into, stem);
    packed.push({ name: manifest.name, manifest, tarball, bytes: statSync(tarball).size });
  }
  return packed;
}

/** Every file of an installed package, relative to its folder, without nested node_modules. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('node_modules/'))
    .sort();
}

/** `import` names of everything a package offers as code: `@secondpass/core`, `@secondpass/core/models`, … */
export function entriesOf({ name, exports = {} }: Manifest): string[] {
  return Object.keys(exports)
    .filter((path) => !path.includes('*') && basename(path) !== 'package.json')
    .map((path) => (path === '.' ? name : `${name}${path.slice(1)}`));
}
