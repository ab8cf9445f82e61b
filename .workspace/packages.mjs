import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './tool.mjs';

const dependencyFields = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];

/** Every package of the workspace, those that others build on first. */
export function workspacePackages() {
  const found = new Map();
  for (const name of readdirSync(join(root, 'packages')).sort()) {
    const file = join(root, 'packages', name, 'package.json');
    if (!existsSync(file)) continue;
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    found.set(manifest.name, { folder: join(root, 'packages', name), manifest });
  }
  const ordered = new Set();
  const visit = (name, path) => {
    const one = found.get(name);
    if (!one || ordered.has(one) || path.includes(name)) return;
    for (const needed of Object.keys(dependenciesOf(one.manifest))) visit(needed, [...path, name]);
    ordered.add(one);
  };
  for (const name of found.keys()) visit(name, []);
  return [...ordered];
}

/** What decides whether packages must be installed again: the lock file and every manifest's dependencies. */
export function installKey(packages) {
  const manifests = [{ manifest: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) }, ...packages];
  const hash = createHash('sha256');
  for (const { manifest } of manifests) hash.update(JSON.stringify([manifest.name, dependenciesOf(manifest)]));
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** What decides whether a package must be built again: its sources, its configuration, and the builds it stands on. */
export function buildKey({ folder, manifest }, keysBelow) {
  const hash = createHash('sha256');
  const files = [
    ...filesBelow(join(folder, 'src')),
    join(folder, 'package.json'),
    join(folder, 'tsconfig.json'),
    join(folder, 'tsdown.config.ts'),
    join(root, 'tsconfig.base.json'),
    join(root, 'node_modules', 'tsdown', 'package.json'),
  ];
  for (const file of files.filter((path) => existsSync(path))) {
    hash.update(`${relative(root, file)}\0`);
    hash.update(readFileSync(file));
  }
  for (const needed of Object.keys(dependenciesOf(manifest)).sort()) hash.update(keysBelow.get(needed) ?? '');
  return hash.digest('hex');
}

function dependenciesOf(manifest) {
  return Object.assign({}, ...dependencyFields.map((field) => manifest[field]));
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
