// A device that opens a graph and then cannot run it, as WebGPU does where a graph wants what the card has not, or runs it
// wrongly. The runtime's sessions are real ones on the CPU; what those of other devices answer is put in their place.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCrossEncoder } from '../../../src/load/load-cross-encoder.ts';
import { loadEncoder } from '../../../src/load/load-encoder.ts';
import { loadReranker } from '../../../src/load/load-reranker.ts';
import type { LoadOptions } from '../../../src/load/load-options.ts';
import { loadRuntime } from '../../../src/models/runtime/onnx-runtime.ts';
import { whyWrongOn } from '../../../src/models/runtime/wrong-on-device.ts';
import { SecondpassError } from '../../../src/errors.ts';
import type { Loaded, Note } from '../../../src/types.ts';
import { candidates, tiny, tinyCopy } from '../tiny.ts';

/** Of the devices WebGPU is there, and no other. */
vi.mock('../../../src/models/runtime/onnx-runtime.ts', async (original) => ({
  ...(await original<object>()),
  checkProvider(_: unknown, provider: string) {
    if (!['cpu', 'webgpu'].includes(provider)) throw new SecondpassError('device-unavailable', 'not there');
  },
}));

type Run = (feeds: InferenceSession.FeedsType) => Promise<InferenceSession.ReturnType>;

const onnx = await loadRuntime();
const create = onnx.InferenceSession.create as (...args: readonly unknown[]) => Promise<InferenceSession>;

/** Runs of all sessions since the test began, and sessions of other devices that are open. */
let books: { runs: number; open: number };
/** What a session of another device than the CPU makes of a run. */
let elsewhere: (run: Run, graph: string) => Run;

beforeEach(() => {
  books = { runs: 0, open: 0 };
  elsewhere = () => () => Promise.reject(new Error('Program Gather requires f16'));
  vi.spyOn(onnx.InferenceSession, 'create').mockImplementation((async (
    graph: string,
    options: InferenceSession.SessionOptions,
  ) => {
    if (!options.executionProviders) return create.call(onnx.InferenceSession, graph, options); // no model of ours
    const session = await create.call(onnx.InferenceSession, graph, { ...options, executionProviders: ['cpu'] });
    const [run, release] = [session.run.bind(session) as Run, session.release.bind(session)];
    const onCpu = options.executionProviders[0] === 'cpu';
    if (!onCpu) books.open++;
    session.run = ((feeds: InferenceSession.FeedsType) => {
      books.runs++;
      return (onCpu ? run : elsewhere(run, graph))(feeds);
    }) as InferenceSession['run'];
    session.release = () => {
      if (!onCpu) books.open--;
      return release();
    };
    return session;
  }) as never);
});
afterEach(() => void vi.restoreAllMocks());

/** Every number of every answer becomes `value`. */
const always =
  (value: number) =>
  (run: Run): Run =>
  async (feeds) => {
    const answers = await run(feeds);
    for (const tensor of Object.values(answers)) ((tensor as Tensor).data as Float32Array).fill(value);
    return answers;
  };

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../../../test/golden/architectures/fixtures/${name}`, import.meta.url));

type Load = (options: Pick<LoadOptions, 'device' | 'requireDevice' | 'workers'>) => Promise<Loaded>;
const loaders: readonly (readonly [string, Load])[] = [
  ['a reranker', (options) => loadReranker(tiny('one'), options)],
  ['a cross-encoder', (options) => loadCrossEncoder(tiny('two'), options)],
  ['a classifier of three labels', (options) => loadCrossEncoder(tiny('three'), { ...options, label: 1 })],
  ['a language model', (options) => loadCrossEncoder(fixture('qwen3-yes-no'), options)],
  ['an encoder', (options) => loadEncoder(tiny('headless'), options)],
];

/** Loads in this thread, where the runtime is the one above, and lets go at once. */
async function deviceOf(load: Load, options: Pick<LoadOptions, 'device' | 'requireDevice'>): Promise<string> {
  const loaded = await load({ ...options, workers: 0 });
  await loaded.dispose();
  return loaded.run.device!;
}

describe.each(loaders)('%s', (_, load) => {
  it('runs on the CPU where the device cannot run it, and leaves nothing open there', async () => {
    expect(await deviceOf(load, { device: 'webgpu' })).toBe('cpu');
    expect(await deviceOf(load, { device: 'auto' })).toBe('cpu');
    expect(books.open).toBe(0);
  });

  it('is refused with the reason where the CPU may not stand in', async () => {
    await expect(load({ device: 'webgpu', requireDevice: true, workers: 0 })).rejects.toMatchObject({
      code: 'device-unavailable',
      message: expect.stringMatching(
        /^No device .* \(webgpu: Program Gather requires f16\)\. Run .*doctor.* the CPU stands in\.$/,
      ),
    });
    expect(books.open).toBe(0);
  });

  it('does not believe a device that answers without numbers', async () => {
    elsewhere = always(NaN);
    expect(await deviceOf(load, { device: 'webgpu' })).toBe('cpu');
  });

  it('runs once while it is loaded, on the CPU and on a device that works', async () => {
    expect(await deviceOf(load, {})).toBe('cpu');
    expect(books.runs).toBe(1);
    elsewhere = (run) => run;
    expect(await deviceOf(load, { device: 'webgpu', requireDevice: true })).toBe('webgpu');
    expect(books.runs).toBe(2);
  });
});

it('does not believe a device whose vectors are nought', async () => {
  elsewhere = always(0);
  expect(await deviceOf((options) => loadEncoder(tiny('headless'), options), { device: 'webgpu' })).toBe('cpu');
});

/** What a ranking says of a device that runs everything, or nothing, as the test has it. */
async function notesOn(device: 'auto' | 'webgpu', source = tiny('one')): Promise<readonly Note[]> {
  const reranker = await loadReranker(source, { device, workers: 0 });
  try {
    const { notes, results } = await reranker.rerank('the', candidates(['the of and', 'in to was']));
    expect(results.every(({ score }) => score !== undefined)).toBe(true);
    return notes;
  } finally {
    await reranker.dispose();
  }
}

describe('the note', () => {
  const fellBack = {
    code: 'device-fallback',
    by: expect.stringContaining('one@'),
    message: 'webgpu cannot run this model, so the CPU does (webgpu: Program Gather requires f16).',
  };

  it('says which device cannot run the model, and why', async () => {
    expect(await notesOn('webgpu')).toEqual([fellBack]);
  });

  it('names of `auto` the device that is there, and none that is not', async () => {
    expect(await notesOn('auto')).toEqual([fellBack]);
  });
});

it('says of a line whose parts run on different devices all of them', async () => {
  const broken = elsewhere;
  elsewhere = (run, graph) => (graph.includes('encoder') ? run : broken(run, graph));
  expect(await deviceOf((options) => loadReranker('mini-en/best', options), { device: 'auto' })).toBe('cpu + webgpu');
  expect(await deviceOf((options) => loadReranker('mini-en/fast', options), { device: 'auto' })).toBe('webgpu');
});

/** A copy of a tiny model whose config.json says something else. */
async function configured(name: 'two' | 'headless', says: object): Promise<string> {
  const folder = await tinyCopy(name);
  const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as object;
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, ...says }));
  return folder;
}

// What the defect is, and whether it is still there: test/full/webgpu.
describe('ModernBERT, which WebGPU runs and computes wrongly', () => {
  const reason = /webgpu: onnxruntime 1\.30 masks ModernBERT wrongly/;
  beforeEach(() => void (elsewhere = (run) => run));

  it('runs on the CPU alone, and leaves nothing open elsewhere', async () => {
    const encoder = await configured('headless', { model_type: 'modernbert' });
    for (const device of ['auto', 'webgpu'] as const) {
      books.runs = 0;
      expect(await deviceOf((options) => loadReranker(fixture('modernbert'), options), { device })).toBe('cpu');
      expect(await deviceOf((options) => loadEncoder(encoder, options), { device })).toBe('cpu');
      expect(books).toEqual({ runs: 2, open: 0 });
    }
  });

  it('is noted, of `auto` too', async () => {
    for (const device of ['auto', 'webgpu'] as const) {
      expect(await notesOn(device, fixture('modernbert'))).toEqual([
        { code: 'device-fallback', by: expect.stringContaining('modernbert@'), message: expect.stringMatching(reason) },
      ]);
    }
  });

  it('is refused where the CPU may not stand in', async () => {
    const load = loadReranker(fixture('modernbert'), { device: 'webgpu', requireDevice: true, workers: 0 });
    await expect(load).rejects.toMatchObject({
      code: 'device-unavailable',
      message: expect.stringMatching(reason),
    });
    expect(books.open).toBe(0);
  });

  it('is no other device’s fault, and no other model’s', () => {
    expect(whyWrongOn('webgpu', 'modernbert')).toMatch(/wrongly/);
    for (const device of ['cpu', 'cuda', 'tensorrt', 'coreml', 'directml'] as const) {
      expect(whyWrongOn(device, 'modernbert')).toBeUndefined();
    }
    for (const family of ['bert', 'gte', undefined]) expect(whyWrongOn('webgpu', family)).toBeUndefined();
  });
});

it.each([
  ['whose graph has no head', tiny('headless')],
  ['whose files do not belong together', await configured('two', { num_labels: 1 })],
])('calls a model broken %s, whatever device was asked for', async (_, folder) => {
  elsewhere = (run) => run;
  for (const requireDevice of [true, false]) {
    const load = loadCrossEncoder(folder, { device: 'webgpu', requireDevice, workers: 0 });
    await expect(load).rejects.toMatchObject({ code: 'invalid-model' });
  }
  expect(books.open).toBe(0);
});
