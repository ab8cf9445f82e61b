import type * as Onnx from 'onnxruntime-node';
import { SecondpassError } from '../../errors.ts';
import type { Batch, Output } from './batch.ts';
import { feeder, knownInputs } from './feeder.ts';
import { providerNames, type Device } from './device.ts';
import { fromHalf } from './half-precision.ts';
import { emptyPast, isPast, lastLogits } from './language-model-graph.ts';
import { int8Overflows } from './int8-overflow.ts';
import { checkProvider, loadRuntime } from './onnx-runtime.ts';
import { tokenVectors, type Pooling } from './token-vectors.ts';

/** What a session needs to know. Plain data: it is sent to workers. */
export interface SessionSettings {
  /** Absolute path of the ONNX file. */
  readonly graph: string;
  /** Token id that fills short rows. */
  readonly padId: number;
  /** False: token types are all 0, whatever the tokenizer says (models with a single type). */
  readonly usesTypes: boolean;
  /** Where positions begin, for graphs that want them. Default 0. */
  readonly firstPosition?: number;
  /** Default: the CPU, on one thread. */
  readonly device?: Device;
  /**
   * What the graph says: of each pair a row of logits (the default), or of each text a vector for every token. Vectors
   * come as unit vectors, the text's own first: its token vectors brought together as `pooling` says (default `mean`).
   */
  readonly head?: 'pairs' | 'tokens';
  readonly pooling?: Pooling;
  /** Token ids whose logits are the labels, where the graph is a language model's and gives logits for every token. */
  readonly answers?: readonly number[];
}

/** A loaded graph: token ids in, logits or vectors out. */
export interface Session {
  /** @throws SecondpassError `failed` where the runtime does, in its words; `invalid-model` for a graph with another head */
  run(batch: Batch): Promise<Output>;
  release(): Promise<void>;
}

/** What is asked of a graph, and how messages call it. */
const kinds = {
  pairs: {
    name: 'a cross-encoder',
    outputs: ['logits'],
    shape: ['pairs', 'labels'],
    has: 'has a classifier head',
    way: 'Export it as a sequence classifier.',
  },
  tokens: {
    name: 'an encoder',
    outputs: ['last_hidden_state', 'token_embeddings'],
    shape: ['texts', 'tokens', 'dim'],
    has: 'gives a vector for every token',
    way: 'Export it for feature extraction, without a head.',
  },
} as const;

/** What the runtime's CPU kernels do faster one by one than together (docs/performance.md). */
const slowerFused = 'SkipLayerNormFusion;BiasGeluFusion';

/** Settings of the runtime for the CPU. */
async function forCpu(onnx: typeof Onnx): Promise<Onnx.InferenceSession.SessionOptions> {
  const precise = (await int8Overflows(onnx)) && { session: { x64quantprecision: '1' } };
  return { extra: { optimization: { disable_specified_optimizers: slowerFused }, ...precise } };
}

/**
 * Opens a graph on one thread of the CPU, or on one other device. Only the inputs that the graph declares are fed.
 * @throws SecondpassError `missing-dependency` without the runtime, `invalid-model` for a file without the wanted head,
 *   `device-unavailable` if the device is not there or cannot run the graph
 */
export async function openSession(settings: SessionSettings): Promise<Session> {
  const onnx = await loadRuntime();
  const { graph, device = 'cpu', head = 'pairs', pooling = 'mean', answers } = settings;
  const kind = kinds[head];
  const provider = providerNames[device];
  checkProvider(onnx, provider);
  let session: Onnx.InferenceSession;
  try {
    session = await onnx.InferenceSession.create(graph, {
      executionProviders: [provider],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      ...(device === 'cpu' && (await forCpu(onnx))),
      logSeverityLevel: 4,
    });
  } catch (cause) {
    if (device !== 'cpu') throw new SecondpassError('device-unavailable', (cause as Error).message, { cause });
    throw new SecondpassError(
      'invalid-model',
      `The ONNX runtime cannot read ${graph}: ${(cause as Error).message} ` +
        'The file may be cut off or not be an ONNX model; fetch or export it again.',
      { cause },
    );
  }
  const types = new Map<string, string>();
  for (const input of session.inputMetadata) types.set(input.name, input.isTensor ? input.type : 'no tensor');
  const unknown = [...types.keys()].filter((name) => !knownInputs.includes(name) && !isPast(name));
  if (unknown.length > 0 || !types.has('input_ids')) {
    throw new SecondpassError(
      'invalid-model',
      `${graph} wants the inputs ${[...types.keys()].join(', ')}; ${kind.name} takes ${knownInputs.join(', ')} or some of them. ${kind.way}`,
    );
  }
  const output = kind.outputs.find((name) => session.outputNames.includes(name)) ?? session.outputNames[0]!;

  const feed = feeder({ ...settings, inputs: types });
  const past = emptyPast(session.inputMetadata);
  const runNow = async (batch: Batch): Promise<Output> => {
    const rows = batch.lengths.length;
    const feeds: Record<string, Onnx.Tensor> = {};
    for (const { name, type, data, dims } of feed(batch)) feeds[name] = new onnx.Tensor(type, data, dims);
    for (const { name, type, dims } of past(rows)) {
      feeds[name] = new onnx.Tensor(type, type === 'float16' ? new Uint16Array(0) : new Float32Array(0), dims);
    }
    const outputs = await session.run(feeds, [output]).catch((cause: Error) => {
      throw new SecondpassError('failed', cause.message, { cause });
    });
    const { dims, data, type } = outputs[output]!;
    const words = answers && dims.length === 3 ? answers : undefined;
    const shape = words ? ['pairs', 'tokens', 'vocabulary'] : kind.shape;
    if (dims.length !== shape.length || dims[0] !== rows || !(type === 'float32' || type === 'float16')) {
      throw new SecondpassError(
        'invalid-model',
        `${graph} answers ${rows} ${kind.shape[0]} with "${output}" of shape [${dims.join(', ')}] (${type}); ` +
          `${kind.name} ${kind.has}: float32 [${kind.shape.join(', ')}]. ${kind.way}`,
      );
    }
    const numbers = type === 'float16' ? fromHalf(data as Uint16Array) : (data as Float32Array);
    const [, second, third] = dims as [number, number, number];
    if (words) return lastLogits(numbers, [second, third], batch.lengths, words);
    if (head === 'pairs') return { data: numbers, cols: second };
    return tokenVectors(numbers, [second, third], batch.lengths, pooling);
  };
  // One after another: runs share their input buffers, and the runtime would make them wait for each other anyway.
  let before: Promise<unknown> = Promise.resolve();
  return {
    run(batch) {
      const running = before.then(() => runNow(batch));
      before = running.catch(() => {});
      return running;
    },
    release: () => session.release(),
  };
}
