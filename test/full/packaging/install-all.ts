import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest, root, type Packed } from './pack.ts';
import { mustRun } from './run.ts';

/** The runtime that the packages were developed with, for `npm install`. */
export const onnxruntime: string = `onnxruntime-node@${readManifest(join(root, 'packages/core')).devDependencies!['onnxruntime-node']!}`;

/** What `npm install` of a stranger is given: the tarballs, and the frameworks that adapters leave to their users. */
export async function installAll(
  folder: string,
  packed: readonly Packed[],
  extra: readonly string[] = [],
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true, version: '1.0.0' }));
  const frameworks = new Map<string, string>();
  for (const { manifest } of packed) {
    for (const [name, version] of Object.entries(manifest.devDependencies ?? {})) {
      if (
        name in (manifest.peerDependencies ?? {}) &&
        !name.startsWith('@secondpass/') &&
        name !== 'onnxruntime-node'
      ) {
        frameworks.set(name, version);
      }
    }
  }
  const named = [...frameworks].map(([name, version]) => `${name}@${version}`);
  const tarballs = packed.map(({ tarball }) => tarball);
  await mustRun('npm', ['install', '--no-audit', '--no-fund', ...tarballs, ...named, ...extra], {
    cwd: folder,
    env: { ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });
}
