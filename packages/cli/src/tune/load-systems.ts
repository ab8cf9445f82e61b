import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { TuneSystem } from '@secondpass/core/evaluate';
import { loadCrossEncoder, type LoadedCrossEncoder } from '@secondpass/core/models';

/** Models that are loaded, to be disposed of together. */
export interface LoadedSystems extends AsyncDisposable {
  readonly systems: readonly TuneSystem[];
  readonly workers: number;
}

/** Every model with every way of reading: how many tokens of question and text it may see. */
export async function loadSystems(options: {
  readonly models: readonly (string | undefined)[];
  readonly maxLengths: readonly (number | undefined)[];
  readonly workers: number | undefined;
  readonly cwd: string;
}): Promise<LoadedSystems> {
  const workers = options.workers ?? Math.min(8, availableParallelism());
  const loaded: LoadedCrossEncoder[] = [];
  const dispose = async (): Promise<void> => {
    for (const model of loaded) await model.dispose();
  };
  try {
    const systems: TuneSystem[] = [];
    for (const model of options.models) {
      for (const maxLength of options.maxLengths) {
        const isPath = model !== undefined && /^[./]|^[a-z]:[\\/]|\\/i.test(model);
        const scorer = await loadCrossEncoder(isPath ? resolve(options.cwd, model) : model, { workers, maxLength });
        loaded.push(scorer);
        await scorer.warmUp();
        const settings = `{ kind: 'logit'${maxLength === undefined ? '' : `, maxLength: ${maxLength}`} }`;
        systems.push({
          name: `${scorer.name}${maxLength === undefined ? '' : `, ${maxLength} tokens`}`,
          scorer,
          code: `await loadReranker(${model === undefined ? 'undefined' : JSON.stringify(model)}, ${settings})`,
        });
      }
    }
    return { systems, workers, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
