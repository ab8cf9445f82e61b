import { checkInteger, checkOptionNames } from '../check.ts';
import { toFloats, type ByteMatrix } from '../maths/byte-matrix.ts';
import { textEncoder, type EncodeOptions, type Encoder } from '../models/encoder.ts';
import { readModelConfig, type JsonObject } from '../models/files/model-config.ts';
import { readModelFolder } from '../models/files/model-folder.ts';
import { probeBatch } from '../models/runtime/probe.ts';
import { poolings, type Pooling } from '../models/runtime/token-vectors.ts';
import type { Answer, Loaded, Matrix, Note, Run } from '../types.ts';
import { checkLoadOptions, checkOneOf, downloadOptions, loadNames, type TextLoadOptions } from './load-options.ts';
import { locateModel } from './locate-model.ts';
import { openOnDevice, tokenBudgetOn } from './open-on-device.ts';
import { openTokenizer } from './open-tokenizer.ts';
import { readPooling } from './read-pooling.ts';

/** What an encoder keeps of the texts that it has read. */
export interface KeptVectors {
  /**
   * How token vectors are kept, and compared. Default `int8`, a byte per number, which moves a MaxSim by less than 0.001;
   * `float32` takes four times the memory.
   */
  readonly storage?: 'float32' | 'int8' | undefined;
  /**
   * Bytes of vectors that are kept at most, by content; what was longest not used is forgotten first. Default 128 MiB:
   * about 2,200 passages of 150 tokens and 384 numbers each, or, where only whole texts are compared, 50,000; 0 keeps none.
   */
  readonly cacheBytes?: number | undefined;
}

export interface EncoderOptions extends TextLoadOptions, KeptVectors {
  /** How token vectors become one: their `mean`, or that of the first token (`cls`). Default: what the model's files say, else `mean`. */
  readonly pooling?: Pooling | undefined;
}

/** An encoder that holds a model, to be disposed of by whoever loaded it. Scorers share it, and the vectors it keeps. */
export interface LoadedEncoder extends Encoder, Loaded {
  /**
   * Texts to one unit vector each, `[1, dim]`: what `embedding` reads from `candidate.vectors`. `undefined` for a text
   * that came too late, or whose worker ended twice, with a note.
   */
  vectors(texts: readonly string[], options?: VectorOptions): Promise<Answer<readonly (Matrix | undefined)[]>>;
  /**
   * Texts to the unit vectors of their tokens, `[tokens, dim]`, special tokens among them: what `lateInteraction` reads
   * from `candidate.vectors`. `undefined` as above.
   */
  tokenVectors(texts: readonly string[], options?: VectorOptions): Promise<Answer<readonly (Matrix | undefined)[]>>;
  /**
   * Starts all workers, so that the first call is as fast as the next.
   * @throws SecondpassError `failed` if some workers could not be started; the model works with the others
   */
  warmUp(): Promise<void>;
}

/** `maxLength`: tokens of a text at most, at least 8; default, and most: what the encoder reads. */
export type VectorOptions = Pick<EncodeOptions, 'signal' | 'deadline' | 'maxLength'>;

/**
 * Loads an encoder, which reads each text alone: for `embedding` and `lateInteraction`, whose vectors of documents can be
 * computed beforehand, or are kept after the first time. Runs on this machine, as `loadCrossEncoder` does.
 *
 * @param source a folder (path or file URL), an installed package that carries a model, or a hub model by its name
 *   (`owner/name`), which is fetched once and checked. Default: the encoder of `@secondpass/model-mini-en`
 * @throws SecondpassError `unknown-model`, `not-cached` (offline), `invalid-model`, `missing-dependency`,
 *   `invalid-argument`, `device-unavailable` (with `requireDevice`), and `failed` for a download that broke off
 * @example
 * const encoder = await loadEncoder();
 * const reranker = cascade(byScore(lateInteraction(encoder)), cut(20), byScore(await loadCrossEncoder()));
 */
export async function loadEncoder(source?: string | URL, options: EncoderOptions = {}): Promise<LoadedEncoder> {
  return openEncoder(source, options);
}

/** As `loadEncoder`. @param graph name of its file, where the model's folder has several encoders */
export async function openEncoder(
  source: string | URL | undefined,
  options: EncoderOptions,
  graph?: string,
): Promise<LoadedEncoder> {
  checkLoadOptions(options, 'loadEncoder()', [...loadNames, 'pooling', 'storage', 'cacheBytes']);
  checkOneOf('pooling', options.pooling, poolings);
  checkOneOf('storage', options.storage, ['float32', 'int8']);
  checkInteger('cacheBytes', options.cacheBytes, 0);
  const started = performance.now();
  const located = await locateModel(source, options.precision, downloadOptions(options), 'tokens');
  const { folder, name, version, remarks = [] } = located;
  const files = await readModelFolder(folder, options.precision, 'tokens', graph);
  const config = readModelConfig(files.config, files.tokenizerConfig, files.sentence);
  const maxLength = Math.min(config.maxLength, options.maxLength ?? Infinity);
  const tokenizer = openTokenizer(files, maxLength, folder);
  const { precision } = files.graph;
  const revision = version ?? files.fingerprint;
  const by = `${name}@${revision}:${precision}`;
  const pooling = options.pooling ?? (await readPooling(folder));
  const { padId, usesTypes, firstPosition } = config;
  const settings = { graph: files.graphPath, padId, usesTypes, firstPosition, head: 'tokens', pooling } as const;
  const batch = probeBatch(tokenizer, 'tokens');
  const { pool, device, first, ...opened } = await openOnDevice(
    { settings, family: config.family, by, batch },
    options,
  );
  try {
    const encoder = textEncoder({
      tokenizer,
      pool,
      tokenBudget: options.tokenBudget ?? tokenBudgetOn(device, precision, config.fixedScales),
      maxQueue: options.maxQueue ?? 1_000_000,
      run: { by, durationMs: performance.now() - started, model: name, revision, device, precision },
      dim: first.cols,
      maxLength,
      specialIds: specialIds(files.tokenizer),
      notes: [...remarks.map((remark) => ({ ...remark, by })), ...opened.notes],
      storage: options.storage ?? 'int8',
      cacheBytes: options.cacheBytes ?? 128 * 2 ** 20,
    });
    return {
      ...encoder,
      vectors: (texts, options) => collect(encoder, texts, false, options),
      tokenVectors: (texts, options) => collect(encoder, texts, true, options),
      [Symbol.asyncDispose]: () => encoder.dispose(),
    };
  } catch (error) {
    await pool.dispose();
    throw error;
  }
}

function specialIds(tokenizer: JsonObject): ReadonlySet<number> {
  const added = (tokenizer['added_tokens'] ?? []) as readonly { readonly id: number; readonly special?: boolean }[];
  return new Set(added.filter(({ special }) => special).map(({ id }) => id));
}

async function collect(
  encoder: Encoder,
  texts: readonly string[],
  tokens: boolean,
  options: VectorOptions | undefined,
): Promise<Answer<readonly (Matrix | undefined)[]>> {
  const where = tokens ? 'tokenVectors()' : 'vectors()';
  checkOptionNames(options, ['signal', 'deadline', 'maxLength'], where);
  checkInteger('maxLength', options?.maxLength, 8);
  const started = performance.now();
  const found: (Matrix | undefined)[] = Array.from({ length: texts.length });
  let cut = 0;
  const outcome = await encoder.encode(texts, { ...options, tokens }, (index, read) => {
    if (read.truncated) cut++;
    found[index] =
      tokens && read.tokens ? ownMatrix(read.tokens) : { data: read.vector.slice(), rows: 1, cols: read.vector.length };
  });
  const by = encoder.name;
  const note = (code: Note['code'], count: number, what: string): Note[] =>
    count === 0 ? [] : [{ code, by, message: `${count} text(s) ${what}` }];
  const { lost, cached } = outcome;
  const usage = { pairs: outcome.texts, tokens: outcome.tokens, cached };
  const run: Run = { ...encoder.run, durationMs: performance.now() - started, usage };
  const missing = found.filter((vectors) => !vectors).length - lost.length;
  return {
    value: found,
    notes: [
      ...encoder.notes,
      ...note('truncated', cut, 'were longer than the encoder reads; their end did not count.'),
      ...note('worker-lost', lost.length, 'have no vectors: the worker that had them ended, twice.'),
      ...note('timed-out', missing, 'have no vectors: the deadline came before.'),
    ],
    run,
  };
}

/** Vectors as floats that the caller may change: what the encoder keeps stays as it is. */
function ownMatrix(kept: Matrix | ByteMatrix): Matrix {
  if (kept.data instanceof Int8Array) return toFloats(kept as ByteMatrix);
  return { ...(kept as Matrix), data: kept.data.slice() };
}
