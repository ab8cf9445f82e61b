import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type KnownModel, knownModels, loadReranker } from '@secondpass/core/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standInHub, type StandInHub } from '../../../core/test/models/hub/stand-in-hub.ts';
import { modelOf } from '../../src/print/model-of.ts';
import { runMain, start } from '../run.ts';

const fixture = fileURLToPath(new URL('../../../core/test/models/tiny/one/', import.meta.url));
const built = fileURLToPath(new URL('../../dist/main.mjs', import.meta.url));
const tiny = Object.fromEntries(readdirSync(fixture).map((name) => [name, readFileSync(join(fixture, name))]));

describe('secondpass models', () => {
  it('lists every known model with its licence', async () => {
    const { code, out } = await runMain(['models']);
    expect(code).toBe(0);
    for (const { name } of knownModels) expect(out).toContain(name);
    expect(out).toMatch(/jina-reranker-v2-base-multilingual.*CC-BY-NC-4\.0\n  no commercial use\n/);
    expect(out).toMatch(/Qwen3-Reranker-0\.6B.*\n  load it as onnx-community\/Qwen3-Reranker-0\.6B-ONNX\n/);
    expect(out).toMatch(/bge-reranker-v2-m3 +568 M +many .*\n  no ONNX graph known: export it\n/);
  });

  it('fits into 80 columns', async () => {
    const { out } = await runMain(['models']);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('prints figures and their sources as one JSON object', async () => {
    const { out } = await runMain(['models', '--json']);
    const { models } = JSON.parse(out) as { models: (KnownModel & { downloaded: boolean })[] };
    expect(models).toHaveLength(knownModels.length);
    for (const { source, scores, downloaded } of models) {
      expect(source).toMatch(/^https:/);
      expect(scores.length).toBeGreaterThan(0);
      expect(typeof downloaded).toBe('boolean');
    }
  });

  it('takes no argument', async () => {
    expect((await runMain(['models', 'qwen'])).code).toBe(2);
  });
});

describe('a model that is downloaded', () => {
  let hub: StandInHub;
  let home: string;
  beforeAll(async () => {
    hub = await standInHub(tiny);
    home = await mkdtemp(join(tmpdir(), 'secondpass-cli-hub-'));
  });
  afterAll(async () => {
    await hub[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  it.skipIf(!existsSync(built))(
    'shows nothing of it where nobody watches, and works offline afterwards (needs a build)',
    async () => {
      const run = async (env: NodeJS.ProcessEnv): Promise<unknown> => {
        const { child, outcome } = start(['rerank', '-q', 'a cat', '--model', 'owner/name', '--json'], {
          env: { HF_HOME: home, HF_TOKEN: '', ...env },
        });
        child.stdin!.end('a cat on a mat\na stone\n');
        const { code, out, err } = await outcome;
        expect({ code, err }).toEqual({ code: 0, err: '' });
        return (JSON.parse(out) as { results: unknown[] }).results.length;
      };
      expect(await run({ HF_ENDPOINT: hub.endpoint })).toBe(2);
      expect(await run({ HF_ENDPOINT: 'http://127.0.0.1:9', HF_HUB_OFFLINE: '1' })).toBe(2);
    },
  );

  it.each(['rerank', 'tune'])('draws a bar on a terminal, in megabytes, and takes it away: %s', async (command) => {
    const before = { ...process.env };
    const watched = await mkdtemp(join(tmpdir(), 'secondpass-cli-hub-'));
    Object.assign(process.env, { HF_HOME: watched, HF_ENDPOINT: hub.endpoint, HF_TOKEN: '' });
    const rows = ['a cat on a mat', 'a stone', 'a dog', 'a tree'].map((text, at) =>
      JSON.stringify({ _id: `${at}`, text }),
    );
    for (const name of ['corpus', 'queries']) writeFileSync(join(watched, `${name}.jsonl`), rows.join('\n'));
    const argv = command === 'tune' ? ['tune', watched, '--workers', '1'] : ['rerank', '-q', 'a cat'];
    try {
      const { code, err } = await runMain([...argv, '--model', 'owner/name'], {
        input: 'a cat on a mat\na stone\n',
        isTTY: true,
      });
      expect({ code, err }).toMatchObject({ code: 0 });
      expect(err).toMatch(/Downloading [█░]+ \d+\.\d MB\/\d+\.\d MB/);
      // Each drawing begins by clearing its line; after the last one, the line is cleared once more.
      const after = err.slice(err.lastIndexOf('Downloading')).split('\r\u001b[2K');
      expect(after[1]).toBe('');
    } finally {
      process.env = before;
      await rm(watched, { recursive: true, force: true });
    }
  });
});

describe('--device', () => {
  const rerank = (device: string): ReturnType<typeof runMain> =>
    runMain(['rerank', '-q', 'a cat', '--model', fixture, '--device', device, '--json'], { input: 'a cat\na stone\n' });

  it('runs where it is told, and the answer says where', async () => {
    const { code, out } = await rerank('cpu');
    expect(code).toBe(0);
    expect(out).toContain('"device":"cpu"');
  });

  it('is refused where that device cannot run the model', async () => {
    const elsewhere = process.platform === 'darwin' ? 'directml' : 'coreml';
    const { code, err } = await rerank(elsewhere);
    expect(code).toBe(1);
    expect(err).toContain(elsewhere);
    expect(err).toMatch(/the CPU stands in\. Leave out --device, or use --device auto\.\n$/);
    expect(err).not.toContain('requireDevice');
  });

  it.each([
    ['rerank', '-q', 'a cat'],
    ['search', 'nowhere', '-q', 'a cat'],
    ['explain', 'a cat', 'nowhere'],
    ['tune', 'nowhere'],
  ])('must be one that there is, before anything is read: %s', async (...argv) => {
    const { code, out, err } = await runMain([...argv, '--device', 'gpu'], { input: 'no question' });
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/--device is "gpu"; it must be one of auto, cpu, cuda/);
  });
});

describe('the lines of the embedded model', () => {
  it.each(['rerank', 'search', 'explain', 'tune'])('are in the help of %s', async (command) => {
    const { out } = await runMain(['help', command]);
    for (const name of ['mini-en/fast', 'mini-en/best', 'mini-en/cross-encoder']) expect(out).toContain(name);
    expect(out.split('\n').filter((line) => line.startsWith('  --model') && line.length > 120)).toEqual([]);
  });

  it.each([
    ['mini-en', 'mini-en/default'],
    ['mini-en/fast', 'mini-en/fast'],
    ['mini-en/best', 'mini-en/best'],
    ['mini-en/cross-encoder', 'mini-en'],
    [fixture, basename(fixture)],
  ])('%s is named in what ran', async (model, name) => {
    await using reranker = await loadReranker(model);
    const { runs } = await reranker.rerank('a cat', [{ id: 'a', content: 'a cat on a mat' }]);
    expect(modelOf(runs)).toMatch(new RegExp(`^(@secondpass/model-)?${name}, (int8|fp32), cpu$`));
  });
});
