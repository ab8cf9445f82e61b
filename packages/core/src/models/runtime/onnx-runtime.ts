// The only file that loads the ONNX runtime, and it does so lazily: who never runs a model never loads native code.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Onnx from 'onnxruntime-node';
import { SecondpassError } from '../../errors.ts';
import { missingDependency } from '../../optional-peer.ts';

/** The runtime, for those that are handed it. */
export type Runtime = typeof Onnx;

type Imported = Runtime & { readonly default?: Runtime };

/** Found beside this package first, then from the program's folder (for bundles). @throws what `require.resolve` throws */
export function runtimePath(): string {
  try {
    return createRequire(import.meta.url).resolve('onnxruntime-node');
  } catch {
    return createRequire(pathToFileURL(join(process.cwd(), 'package.json'))).resolve('onnxruntime-node');
  }
}

/** @throws SecondpassError `missing-dependency` if it is not installed, or does not load on this machine */
export async function loadRuntime(): Promise<typeof Onnx> {
  try {
    const loaded = await importOrRequire(runtimePath());
    return loaded.InferenceSession ? loaded : loaded.default!;
  } catch (cause) {
    if (isMissing(cause)) throw missingDependency('onnxruntime-node', 'running a model on this machine', cause);
    throw new SecondpassError(
      'missing-dependency',
      `onnxruntime-node is installed and does not load on ${process.platform}/${process.arch}: ${(cause as Error).message} ` +
        'It has binaries for Linux and Windows (x64, arm64) and for macOS (arm64).',
      { cause },
    );
  }
}

/** Where a program may not import (CommonJS in Jest), the file is required. */
async function importOrRequire(path: string): Promise<Imported> {
  try {
    return (await import(pathToFileURL(path).href)) as Imported;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!String(code).startsWith('ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING')) throw error;
    return createRequire(import.meta.url)(path) as Imported;
  }
}

function isMissing(error: unknown): boolean {
  const { code, message = '' } = error as NodeJS.ErrnoException;
  return code === 'MODULE_NOT_FOUND' && message.includes("'onnxruntime-node'");
}

/**
 * Refuses a backend that this installation cannot have, before it is asked for: the runtime would write to stderr, and for
 * a backend it was built without, run on the CPU without an error.
 */
export function checkProvider(onnx: typeof Onnx, provider: string): void {
  const backend = onnx.listSupportedBackends().find(({ name }) => name === provider);
  if (!backend) {
    throw new SecondpassError('device-unavailable', `this build of onnxruntime-node has no ${provider} backend`);
  }
  if (backend.bundled) return;
  const manifest = createRequire(runtimePath()).resolve('onnxruntime-node/package.json');
  const libraries = join(dirname(manifest), 'bin', 'napi-v6', process.platform, process.arch);
  const shared =
    process.platform === 'win32' ? 'onnxruntime_providers_shared.dll' : 'libonnxruntime_providers_shared.so';
  if (existsSync(join(libraries, shared))) return;
  throw new SecondpassError(
    'device-unavailable',
    `the libraries of the ${provider} backend are not installed (no ${shared} beside onnxruntime-node); ` +
      'reinstall onnxruntime-node with ONNXRUNTIME_NODE_INSTALL=cuda12',
  );
}
