import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SecondpassError } from '../../errors.ts';
import { isDataOf } from './graph-file.ts';
import { endsOf } from './model-folder.ts';

/**
 * Remembers a graph, and weights that lie beside it, by sizes and ends: for workers that start later, when work waits
 * or in the place of one that died. Files that were replaced meanwhile would give other scores under the same name.
 * @returns a check. @throws SecondpassError `invalid-model` from it if they are not the same any more
 */
export async function sameWeights(graph: string): Promise<() => Promise<void>> {
  const loaded = await printOf(graph);
  return async () => {
    if ((await printOf(graph)) === loaded) return;
    const fact = `${graph} has changed, or is gone, since it was loaded, and would give other scores under the same name`;
    throw new SecondpassError('invalid-model', `${fact}. Load the model again.`);
  };
}

/** Nothing for what cannot be read: of that, whoever opens it says more. */
async function printOf(graph: string): Promise<string | undefined> {
  const name = basename(graph);
  const hash = createHash('sha256');
  try {
    const names = await readdir(dirname(graph));
    for (const one of names.filter((other) => other === name || isDataOf(other, name)).sort()) {
      hash.update(await endsOf(join(dirname(graph), one)));
    }
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}
