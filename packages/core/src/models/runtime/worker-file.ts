import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Path of the built worker file, or `undefined` where there is none. It stands beside the built code; code that runs
 * from its sources finds it in the build folder, code that was bundled finds it in the installed package, if any.
 */
export function findWorkerFile(): string | undefined {
  // Bundlers that make CommonJS leave nothing here.
  const url: string | undefined = import.meta.url;
  if (!url) return undefined;
  const here = dirname(fileURLToPath(url));
  const folders = [here, join(here, '..', '..', '..', 'dist')];
  try {
    folders.push(join(dirname(createRequire(url).resolve('@secondpass/core/package.json')), 'dist'));
  } catch {
    // Bundled, and not installed beside the bundle.
  }
  return folders
    .flatMap((folder) => [join(folder, 'onnx-worker.mjs'), join(folder, 'onnx-worker.cjs')])
    .find((path) => existsSync(path));
}
