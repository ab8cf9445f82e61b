import { createRequire } from 'node:module';
import { SecondpassError } from './errors.ts';

/**
 * Loads a package that only some need, at the moment it is needed. The `import()` stands with the caller, so that
 * bundlers see its name; where a program may not import (CommonJS in Jest) it is required instead.
 * @throws SecondpassError `missing-dependency` with what to install
 */
export async function loadOptionalPeer<T>(load: () => Promise<T>, name: string, neededFor: string): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if (String((cause as { code?: unknown })?.code).startsWith('ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING')) {
      return createRequire(import.meta.url)(name) as T;
    }
    throw missingDependency(name, neededFor, cause);
  }
}

/** The error for an optional package that is needed now: what for, and one install line per package manager. */
export function missingDependency(packageName: string, neededFor: string, cause?: unknown): SecondpassError {
  const npm = packageName === 'onnxruntime-node' ? 'ONNXRUNTIME_NODE_INSTALL=skip npm install' : 'npm install';
  const lines = [
    `  npm:  ${npm} ${packageName}`,
    `  pnpm: pnpm add ${packageName}`,
    `  yarn: yarn add ${packageName}`,
    `  bun:  bun add ${packageName}`,
  ];
  const why =
    packageName === 'onnxruntime-node'
      ? '\nThe variable keeps its install script from downloading GPU libraries, which the CPU does not need (in Windows: set it first).'
      : '';
  return new SecondpassError(
    'missing-dependency',
    `${packageName} is not installed; ${neededFor} needs it. Install it with one of\n${lines.join('\n')}${why}`,
    { cause },
  );
}
