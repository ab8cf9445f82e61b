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
    const way = `npm install ${name} (pnpm add ${name}, yarn add ${name})`;
    throw new SecondpassError('missing-dependency', `${neededFor} needs ${name}: ${way}.`, { cause });
  }
}
