import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Copies the Markdown documentation of every installed package to node_modules/.cache/secondpass-demo/<package>/, so that
 * paths are short, and returns that folder. One version of each package, its licence left out.
 */
export function collectDocumentation(root) {
  const target = join(root, 'node_modules', '.cache', 'secondpass-demo');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const [name, folder] of installedPackages(join(root, 'node_modules', '.pnpm'))) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isFile() || !/\.(?:md|markdown)$/i.test(entry.name) || /^licen[cs]e/i.test(entry.name)) continue;
      mkdirSync(join(target, name), { recursive: true });
      cpSync(join(folder, entry.name), join(target, name, entry.name));
    }
    const docs = join(folder, 'docs');
    if (existsSync(docs))
      cpSync(docs, join(target, name, 'docs'), {
        recursive: true,
        filter: (path) => !/\.[a-z]+$/i.test(path) || /\.md$/i.test(path),
      });
  }
  return target;
}

/** Package name to folder, in the order of names. pnpm keeps each package in a folder of its own, beside links to what it needs. */
function installedPackages(store) {
  const found = new Map();
  for (const entry of readdirSync(store).sort()) {
    const modules = join(store, entry, 'node_modules');
    if (!existsSync(modules)) continue;
    for (const { name, real } of foldersIn(modules)) {
      if (real && !found.has(name) && existsSync(join(modules, name, 'package.json')))
        found.set(name, join(modules, name));
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

function foldersIn(modules) {
  return readdirSync(modules, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.name.startsWith('@')) return [{ name: entry.name, real: entry.isDirectory() }];
    if (!entry.isDirectory()) return [];
    return readdirSync(join(modules, entry.name), { withFileTypes: true }).map((inner) => ({
      name: `${entry.name}/${inner.name}`,
      real: inner.isDirectory(),
    }));
  });
}
