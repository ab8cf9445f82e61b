import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadEncoder } from '../../../src/load/load-encoder.ts';
import { loadReranker } from '../../../src/load/load-reranker.ts';
import { modelFolder } from '@secondpass/model-mini-en';
import { standInHub, type StandInHub } from './stand-in-hub.ts';

const fixture = fileURLToPath(new URL('../../../../../test/golden/architectures/fixtures/bert/', import.meta.url));
const read = (name: string): Buffer => readFileSync(join(fixture, name));
const candidates = ['a cat on a mat', 'reranking puts the right documents on top', ''].map((content, i) => ({
  id: `${i}`,
  content,
}));

let hub: StandInHub;
let cacheFolder: string;
beforeAll(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'secondpass-load-'));
  hub = await standInHub({
    'README.md': Buffer.from('# model'),
    'config.json': read('config.json'),
    'onnx/model.onnx': read('model.onnx'),
    'onnx/model_int8.onnx': Buffer.from('never fetched unless asked for'),
    'pytorch_model.bin': Buffer.alloc(1000),
    'tokenizer.json': read('tokenizer.json'),
    'tokenizer_config.json': read('tokenizer_config.json'),
  });
});
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  await rm(cacheFolder, { recursive: true, force: true });
});

it('loads a hub model by its name, fetches only what it needs, and ranks as from a folder', async () => {
  const events: number[] = [];
  const fromHub = await loadReranker('owner/name', {
    endpoint: hub.endpoint,
    cacheFolder,
    token: false,
    offline: false,
    workers: 0,
    onDownload: ({ done, total }) => events.push(done / total),
  });
  const fromFolder = await loadReranker(fixture, { workers: 0 });
  const [a, b] = await Promise.all(
    [fromHub, fromFolder].map((reranker) => reranker.rerank('what is reranking?', candidates)),
  );
  expect(a!.results.map(({ score }) => score?.value)).toEqual(b!.results.map(({ score }) => score?.value));
  expect(a!.runs[0]).toMatchObject({
    model: 'owner/name',
    revision: hub.commit.slice(0, 12),
    device: 'cpu',
    precision: 'fp32',
  });
  expect(events.at(-1)).toBe(1);
  const fetched = hub.seen.map(({ path }) => path.split('/').at(-1)).filter((name) => name !== 'main');
  expect(fetched.sort()).toEqual(['config.json', 'model.onnx', 'tokenizer.json', 'tokenizer_config.json']);
  await Promise.all([fromHub.dispose(), fromFolder.dispose()]);
});

it('loads it again offline, and says what is missing when it was never fetched', async () => {
  const again = await loadReranker('owner/name', { cacheFolder, offline: true, workers: 0 });
  expect((await again.rerank('reranking', candidates)).results).toHaveLength(3);
  await again.dispose();
  await expect(loadReranker('owner/other', { cacheFolder, offline: true })).rejects.toThrow(
    /owner\/other.*is not in.*offline/,
  );
});

it('says which precisions a hub model has', async () => {
  const wanted = loadReranker('owner/name', { endpoint: hub.endpoint, cacheFolder, token: false, precision: 'q4' });
  await expect(wanted).rejects.toThrow(/no q4 graph.*model\.onnx \(fp32\)/);
});

it('without the network ranks with what the cache has, and every ranking says so', async () => {
  const kept = await loadReranker('owner/name', {
    endpoint: 'http://127.0.0.1:9',
    cacheFolder,
    token: false,
    offline: false,
    workers: 0,
  });
  const { results, notes } = await kept.rerank('what is reranking?', candidates.slice(0, 2));
  await kept.dispose();
  expect(results).toHaveLength(2);
  const note = notes.find(({ code }) => code === 'cached-revision');
  expect(note?.message).toMatch(/could not be reached/);
  expect(note?.message).toContain(hub.commit.slice(0, 12));
  expect(note?.by).toBe(kept.name);
});

it('says with every ranking that a licence forbids commercial use', async () => {
  const model = 'jinaai/jina-reranker-v2-base-multilingual';
  const bert = Object.fromEntries(
    ['config.json', 'model.onnx', 'tokenizer.json', 'tokenizer_config.json'].map((name) => [name, read(name)]),
  );
  await using jina = await standInHub(bert, model);
  await using reranker = await loadReranker(model, { endpoint: jina.endpoint, cacheFolder, token: false, workers: 0 });
  for (let i = 0; i < 2; i++) {
    const { notes } = await reranker.rerank('reranking', candidates.slice(0, 2));
    expect(notes.filter(({ code }) => code === 'licence').map(({ message }) => message)).toEqual([
      `The licence of ${model}, CC-BY-NC-4.0, forbids commercial use.`,
    ]);
  }
});

it('names a conversion of a known model that has no graph', async () => {
  const model = 'Qwen/Qwen3-Reranker-0.6B';
  await using qwen = await standInHub({ 'model.safetensors': Buffer.from('weights') }, model);
  await expect(loadReranker(model, { endpoint: qwen.endpoint, cacheFolder, token: false })).rejects.toThrow(
    /onnx-community\/Qwen3-Reranker-0\.6B-ONNX.*has no ONNX file/,
  );
});

it('loads a hub encoder, with what says how its token vectors become one', async () => {
  const folder = fileURLToPath(new URL('../tiny/headless/', import.meta.url));
  const file = (name: string): Buffer => readFileSync(join(folder, name));
  const names = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
  await using encoders = await standInHub(
    {
      ...Object.fromEntries(names.map((name) => [name, file(name)])),
      'onnx/model.onnx': file('model.onnx'),
      'modules.json': Buffer.from('[{ "type": "sentence_transformers.models.Pooling" }]'),
      '1_Pooling/config.json': Buffer.from('{ "pooling_mode": "cls" }'),
      'sentence_bert_config.json': Buffer.from('{ "max_seq_length": 32 }'),
      'model.safetensors': Buffer.alloc(1000),
    },
    'owner/encoder',
  );
  await using fromHub = await loadEncoder('owner/encoder', { endpoint: encoders.endpoint, cacheFolder, token: false, offline: false, workers: 0 }); // prettier-ignore
  await using fromFolder = await loadEncoder(folder, { workers: 0, pooling: 'cls' });
  const texts = ['the river', 'a town'];
  expect((await fromHub.vectors(texts)).value).toEqual((await fromFolder.vectors(texts)).value);
  expect(fromHub.maxLength).toBe(32);
  expect(encoders.seen.map(({ path }) => path.split('/').at(-1))).not.toContain('model.safetensors');
});

it('finds weights that lie beside the graph, through the links of the cache', async () => {
  const beside = join(fixture, '..', 'external');
  const parts = Object.fromEntries(
    ['model.onnx', 'model.onnx_data'].map((name) => [`onnx/${name}`, readFileSync(join(beside, name))]),
  );
  const rest = Object.fromEntries(['config.json', 'tokenizer.json'].map((name) => [name, read(name)]));
  await using large = await standInHub({ ...parts, ...rest }, 'owner/large');
  const asked = { endpoint: large.endpoint, cacheFolder, token: false, workers: 1 } as const;
  await using fromHub = await loadReranker('owner/large', asked);
  await using whole = await loadReranker(fixture, { workers: 0 });
  const [a, b] = await Promise.all([fromHub, whole].map((one) => one.rerank('what is reranking?', candidates)));
  expect(a!.results.map(({ score }) => score?.value)).toEqual(b!.results.map(({ score }) => score?.value));
});

it('finds weights that the graphs of a folder share', async () => {
  const names = ['config.json', 'encoder_int8.onnx', 'model_int8.onnx', 'shared.onnx_data', 'tokenizer.json'];
  const files = names.map((name) => [`${name.endsWith('.json') ? '' : 'onnx/'}${name}`, readFileSync(join(modelFolder, name))]); // prettier-ignore
  await using embedded = await standInHub(Object.fromEntries(files), 'owner/embedded');
  const asked = { endpoint: embedded.endpoint, cacheFolder, token: false, workers: 1 } as const;
  const fetched = (): number => embedded.seen.filter(({ path }) => path.endsWith('shared.onnx_data')).length;
  await using encoder = await loadEncoder('owner/embedded', { ...asked, precision: 'int8' });
  const once = fetched();
  expect(once).toBeGreaterThan(0);
  await using pairs = await loadReranker('owner/embedded', asked);
  expect(fetched()).toBe(once);
  await using own = await loadEncoder(undefined, { workers: 0 });
  expect((await encoder.vectors(['a river'])).value).toEqual((await own.vectors(['a river'])).value);
  const [best] = (await pairs.rerank('what is reranking?', candidates)).results;
  expect(best!.candidate.id).toBe('1');
});
