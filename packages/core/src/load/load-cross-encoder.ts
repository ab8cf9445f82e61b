import { SecondpassError } from '../errors.ts';
import { knownModel } from '../models/files/known-models.ts';
import { readModelConfig, relevantLabel } from '../models/files/model-config.ts';
import { readModelFolder } from '../models/files/model-folder.ts';
import { pairClassifier } from '../models/pair-classifier.ts';
import { labelsOf, probeBatch } from '../models/runtime/probe.ts';
import { promptOf } from '../models/files/prompt.ts';
import { prompted } from '../models/prompted.ts';
import { crossEncoder } from '../score/cross-encoder.ts';
import type { Loaded, Run, Scorer } from '../types.ts';
import { checkLoadOptions, checkOneOf, downloadOptions, type LoadOptions } from './load-options.ts';
import { locateModel } from './locate-model.ts';
import { openOnDevice, tokenBudgetOn } from './open-on-device.ts';
import { openTokenizer } from './open-tokenizer.ts';

/** A cross-encoder that holds a model: a scorer, to be disposed of by whoever loaded it. */
export interface LoadedCrossEncoder extends Scorer, Loaded {
  /**
   * Starts all workers, so that the first call is as fast as the next.
   * @throws SecondpassError `failed` if some workers could not be started; the model works with the others
   */
  warmUp(): Promise<void>;
  /** The same loaded model with scores of another kind, for one call or many. Whoever loaded it still disposes of it. */
  as(kind: 'logit' | 'probability'): Scorer;
}

/** Activations whose scores are read as the logistic function, or softmax, of the logits. */
const probabilistic = new Set(['Sigmoid', 'Identity', 'Softmax']);

/**
 * Loads a cross-encoder that runs on this machine: on its CPU, or on the device that `device` names.
 *
 * @param source a folder (path or file URL), an installed package that carries a model, or a hub model by its name
 *   (`owner/name`), which is fetched once and checked. Default: the embedded model, `@secondpass/model-mini-en`
 * @throws SecondpassError `unknown-model`, `not-cached` (offline), `invalid-model`, `missing-dependency`,
 *   `invalid-argument`, `device-unavailable` (with `requireDevice`), and `failed` for a download that broke off
 * @example
 * const scorer = await loadCrossEncoder();
 * const reranker = cascade(byScore(cheap), cut(50), byScore(scorer));
 */
export async function loadCrossEncoder(source?: string | URL, options: LoadOptions = {}): Promise<LoadedCrossEncoder> {
  checkLoadOptions(options, 'loadCrossEncoder()');
  const started = performance.now();
  const {
    folder,
    name,
    version,
    remarks = [],
  } = await locateModel(source, options.precision, downloadOptions(options));
  const files = await readModelFolder(folder, options.precision);
  const config = readModelConfig(files.config, files.tokenizerConfig, files.sentence);
  const kind = options.kind ?? 'logit';
  const checkKind = (kind: 'logit' | 'probability'): void => {
    checkOneOf('kind', kind, ['logit', 'probability']);
    if (kind === 'logit' || probabilistic.has(config.activation)) return;
    throw new SecondpassError(
      'invalid-argument',
      `${name} turns logits into scores by "${config.activation}", which gives no probability; ask for kind: "logit".`,
    );
  };
  checkKind(kind);
  const prompt = promptOf(files.config, knownModel(name)?.prompt);
  if (options.instruction !== undefined && !prompt) {
    throw new SecondpassError('invalid-argument', `${name} reads no instruction: it is not asked with a prompt.`);
  }
  const maxLength = Math.min(config.maxLength, prompt?.maxLength ?? Infinity, options.maxLength ?? Infinity);
  const tokenizer = openTokenizer(files, maxLength, folder, prompt);
  const { precision } = files.graph;
  const revision = version ?? files.fingerprint;
  const by = `${name}@${revision}:${precision}`;
  const settings = {
    graph: files.graphPath,
    padId: config.padId,
    usesTypes: config.usesTypes,
    firstPosition: config.firstPosition,
    ...(tokenizer.answers && { answers: tokenizer.answers }),
  };
  const batch = probeBatch(tokenizer, 'pairs');
  const { pool, device, first, ...opened } = await openOnDevice(
    { settings, family: config.family, by, batch },
    options,
  );
  const notes = [...remarks.map((remark) => ({ ...remark, by })), ...opened.notes];
  try {
    const labels = labelsOf(first, config.labels, files.graphPath);
    const classifier = pairClassifier({
      tokenizer,
      pool,
      tokenBudget: options.tokenBudget ?? (prompt ? 1 : tokenBudgetOn(device, precision, config.fixedScales)),
      label: relevantLabel(labels, config.labelNames, options.label),
      maxQueue: options.maxQueue ?? 1_000_000,
    });
    const model = prompt ? prompted(classifier, prompt, options.instruction) : classifier;
    const durationMs = performance.now() - started;
    const run: Run = { by, durationMs, model: name, revision, device, precision };
    return {
      ...crossEncoder(model, { run, kind, notes }),
      run,
      as(kind) {
        checkKind(kind);
        return crossEncoder(model, { run, kind, notes });
      },
      warmUp: () => model.warmUp(),
      dispose: () => model.dispose(),
      [Symbol.asyncDispose]: () => model.dispose(),
    };
  } catch (error) {
    await pool.dispose();
    throw error;
  }
}
