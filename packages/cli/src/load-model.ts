import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import {
  loadCrossEncoder,
  type LoadedCrossEncoder,
  type LoadedReranker,
  type LoadOptions,
  loadReranker,
} from '@secondpass/core/models';
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
  return loadReranker(sourceOf(model, io), { kind, workers });
}

/** The same as a scorer, whose scores are probabilities. */
export async function loadScorer(model: string | undefined, io: Io): Promise<LoadedCrossEncoder> {
  return loadCrossEncoder(sourceOf(model, io), { kind: 'probability', workers });
}

const workers = Math.min(8, availableParallelism());

function sourceOf(model: string | undefined, io: Io): string | undefined {
  const isPath = model !== undefined && /^[./]|^[a-z]:[\\/]|\\/i.test(model);
  return isPath ? resolve(io.cwd, model) : model;
}
