import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadReranker } from '../../../src/load/load-reranker.ts';
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
