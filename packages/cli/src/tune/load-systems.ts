import { passages } from '@secondpass/core';
import { probe, type TuneSystem } from '@secondpass/core/evaluate';
import { defaultWorkers, type LoadedReranker, type LoadOptions } from '@secondpass/core/models';

/** How a text is read: from its start as far as the model can, or in passages, of which the best counts. */
export type Strategy = 'whole' | 'passages';

/** Models that are loaded, to be disposed of together. */
export interface LoadedSystems extends AsyncDisposable {
  readonly systems: readonly TuneSystem[];
  /** Inference threads, where they run on the CPU. */
  readonly workers: number;
}

/**
 * Every model with every way of reading: how many tokens of question and text it may see, whole texts or their best
 * passage.
 */
export async function loadSystems(options: {
  readonly models: readonly (string | undefined)[];
  readonly maxLengths: readonly (number | undefined)[];
  readonly strategies: readonly Strategy[];
  /** Inference threads. Default: as many as the code to paste gets, which is what `loadReranker` takes by itself. */
  readonly workers: number | undefined;
  /** Where they run and which of their graphs, for the code that is recommended. */
  readonly device: string | undefined;
  readonly precision: string | undefined;
  /** Loads a model by its name, `undefined` for the embedded one. */
  readonly load: (model: string | undefined, options: LoadOptions) => Promise<LoadedReranker>;
}): Promise<LoadedSystems> {
  const workers = options.workers ?? defaultWorkers();
  const loaded: LoadedReranker[] = [];
  const modelOf = new Map<string, string | undefined>();
  /** Two models of one name are told apart by what was given for them. */
  const nameOf = (name: string, model: string | undefined): string => {
    if (!modelOf.has(name)) modelOf.set(name, model);
    return modelOf.get(name) === model ? name : `${name} (${model ?? 'embedded'})`;
  };
  const dispose = async (): Promise<void> => {
    for (const model of loaded) await model.dispose();
  };
  try {
    const systems: TuneSystem[] = [];
    for (const model of new Set(options.models)) {
      for (const maxLength of options.maxLengths) {
        const given = [
          ...(maxLength === undefined ? [] : [`maxLength: ${maxLength}`]),
          ...(options.precision === undefined ? [] : [`precision: '${options.precision}'`]),
          ...(options.device === undefined ? [] : [`device: '${options.device}'`]),
          ...(options.workers === undefined ? [] : [`workers: ${options.workers}`]),
          "kind: 'logit'",
        ];
        const written = `await loadReranker(${model === undefined ? 'undefined' : JSON.stringify(model)}, { ${given.join(', ')} })`;
        for (const strategy of options.strategies) {
          // Each loads its own: what one keeps of the texts it has read must not make another look fast. Logits, since
          // probabilities near 0 and 1 lie too close together to be blended well.
          const reranker = await options.load(model, { workers, maxLength, kind: 'logit' });
          loaded.push(reranker);
          await reranker.warmUp();
          const { scorer } = reranker;
          const revision = `${await probe(scorer)}/${measuredOn(options.device, workers)}`;
          const name = `${nameOf(scorer.name, model)}${maxLength === undefined ? '' : `, ${maxLength} tokens`}`;
          const whole = { name, scorer, revision, code: { load: written, scorer: 'model.scorer', imports: [] } };
          systems.push(strategy === 'whole' ? whole : inPassages(whole, maxLength));
        }
      }
    }
    return { systems, workers, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** What milliseconds depend on: those of other threads or of another device must not be taken for these. */
function measuredOn(device: string | undefined, workers: number): string {
  return device === undefined || device === 'cpu' ? `cpu, ${workers}` : device;
}

/** The same system, reading in passages that fit: 200 words go with 512 tokens. */
function inPassages({ name, scorer, revision, code }: TuneSystem, maxLength: number | undefined): TuneSystem {
  const size = Math.max(1, Math.floor((Math.min(maxLength ?? 512, 512) * 200) / 512));
  const cut = maxLength === undefined ? undefined : { size, overlap: Math.floor(size / 5) };
  const written = cut ? `, { size: ${cut.size}, overlap: ${cut.overlap} }` : '';
  return {
    name: `${name}, best passage`,
    scorer: passages(scorer, cut),
    revision,
    code: { ...code, scorer: `passages(${code.scorer}${written})`, imports: ['passages'] },
  };
}
