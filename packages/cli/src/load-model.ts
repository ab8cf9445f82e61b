import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type LoadedReranker, type LoadOptions, loadReranker } from '@secondpass/core/models';
import type { Io } from './io.ts';

/**
 * The reranker that `--model` names, or the embedded one. A path is taken from the current folder. All cores work (at
 * most eight): unlike in a server, nothing else in this process needs one.
 */
export async function loadModel(
  model: string | undefined,
  io: Io,
  kind: NonNullable<LoadOptions['kind']> = 'probability',
): Promise<LoadedReranker> {
  const isPath = model !== undefined && /^[./]|^[a-z]:[\\/]|\\/i.test(model);
  return loadReranker(isPath ? resolve(io.cwd, model) : model, { kind, workers: Math.min(8, availableParallelism()) });
}
