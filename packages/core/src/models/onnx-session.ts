import type * as Onnx from 'onnxruntime-node';
import { SecondpassError } from '../errors.ts';
import type { Batch, Logits } from './batch.ts';
import { feeder, knownInputs } from './feeder.ts';
import { providerNames, type Device } from './device.ts';
import { checkProvider, loadRuntime } from './onnx-runtime.ts';

/** What a session needs to know. Plain data: it is sent to workers. */
export interface SessionSettings {
  /** Absolute path of the ONNX file. */
  readonly graph: string;
  /** Token id that fills short rows. */
  readonly padId: number;
  /** False: token types are all 0, whatever the tokenizer says (models with a single type). */
  readonly usesTypes: boolean;
  /** Default: the CPU, on one thread. */
  readonly device?: Device;
}

/** A loaded classifier graph: token ids in, logits out. */
export interface Session {
  run(batch: Batch): Promise<Logits>;
  release(): Promise<void>;
}

/**
 * Opens a graph on one thread of the CPU, or on one other device. Only the inputs that the graph declares are fed.
 * @throws SecondpassError `missing-dependency` without the runtime, `invalid-model` for a file that is no classifier,
 *   `device-unavailable` if the device is not there or cannot run the graph
 */
export async function openSession(settings: SessionSettings): Promise<Session> {
  const onnx = await loadRuntime();
  const { graph, device = 'cpu' } = settings;
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
  const unknown = [...types.keys()].filter((name) => !knownInputs.includes(name));
  if (unknown.length > 0 || !types.has('input_ids')) {
    throw new SecondpassError(
      'invalid-model',
      `${graph} wants the inputs ${[...types.keys()].join(', ')}; a cross-encoder takes ${knownInputs.join(', ')} or some of them. ` +
        'Export it as a sequence classifier.',
    );
  }
  const output = session.outputNames.includes('logits') ? 'logits' : session.outputNames[0]!;

  const feed = feeder({ inputs: types, padId: settings.padId, usesTypes: settings.usesTypes });
  const runNow = async (batch: Batch): Promise<Logits> => {
    const feeds = feed(batch).map(({ name, type, data, dims }) => [name, new onnx.Tensor(type, data, dims)] as const);
    const { dims, data, type } = (await session.run(Object.fromEntries(feeds), [output]))[output]!;
    const rows = batch.lengths.length;
    if (dims.length !== 2 || dims[0] !== rows || type !== 'float32') {
      throw new SecondpassError(
        'invalid-model',
        `${graph} answers ${rows} pair(s) with "${output}" of shape [${dims.join(', ')}] (${type}); ` +
          'a cross-encoder has a classifier head: float32 [pairs, labels]. Export it as a sequence classifier.',
      );
    }
    return { data: data as Float32Array, labels: dims[1]! };
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
