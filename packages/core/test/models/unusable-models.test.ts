import { mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCrossEncoder } from '../../src/load/load-cross-encoder.ts';
import { loadReranker } from '../../src/load/load-reranker.ts';
import { tiny, tinyCopy } from './tiny.ts';
import { kept } from './kept.ts';
import { expectRefusal } from './refusals.ts';

describe('models that cannot be used', () => {
  it('no such folder, no such package, a file instead of a folder', async () => {
    await expectRefusal(loadReranker('./no/such/folder'), 'unknown-model', 'does not exist');
    await expectRefusal(loadReranker('no-such-package'), 'unknown-model', 'no-such-package');
    for (const source of ['long'.repeat(1000), 'no\0name']) await expectRefusal(loadReranker(source), 'unknown-model');
    await expectRefusal(loadReranker(join(tiny('one'), 'model.onnx')), 'unknown-model', 'is a file');
    await expectRefusal(loadReranker('vitest'), 'unknown-model', 'carries no model');
  });

  it('a URL that is no folder on this machine', async () => {
    for (const url of ['https://models.example/one', 'file://elsewhere/one', 'file:///a%2Fb']) {
      await expectRefusal(loadReranker(new URL(url)), 'unknown-model', url);
      await expectRefusal(loadCrossEncoder(new URL(url)), 'unknown-model', url);
    }
    await expectRefusal(loadReranker('file://elsewhere/one'), 'unknown-model', 'file://elsewhere/one');
  });

  it.skipIf(process.platform === 'win32')('links that lead nowhere in the place of its files', async () => {
    for (const [file, part] of [
      ['tokenizer.json', 'has no tokenizer.json'],
      ['config.json', 'has no config.json'],
      ['model.onnx', 'no ONNX file'],
    ] as const) {
      const folder = await tinyCopy('one');
      await rm(join(folder, file));
      await symlink(join(folder, 'not-there'), join(folder, file));
      await expectRefusal(loadReranker(folder), 'invalid-model', folder, part);
    }
  });

  it('a folder in the place of its ranker', async () => {
    const folder = await tinyCopy('one');
    await mkdir(join(folder, 'ranker.json'));
    await expectRefusal(loadReranker(folder), 'invalid-model', join(folder, 'ranker.json'));
  });

  it('a folder without a tokenizer, without a configuration, without a graph', async () => {
    for (const [file, part] of [
      ['tokenizer.json', 'save_pretrained'],
      ['config.json', 'copy it'],
      ['model.onnx', 'no ONNX file'],
    ] as const) {
      const folder = await tinyCopy('one');
      await rm(join(folder, file));
      await expectRefusal(loadReranker(folder), 'invalid-model', folder, part);
    }
  });

  it('a graph that is cut off, that is no graph, in a worker and in this thread', async () => {
    const folder = await tinyCopy('one');
    for (const spoil of [
      () => truncate(join(folder, 'model.onnx'), 100_000),
      () => writeFile(join(folder, 'model.onnx'), 'hello'),
    ]) {
      await spoil();
      for (const workers of [0, 1]) {
        await expectRefusal(
          loadReranker(folder, { workers }),
          'invalid-model',
          join(folder, 'model.onnx'),
          'fetch or export it again',
        );
      }
    }
  });

  it('a graph without a classifier head', async () => {
    await expectRefusal(loadReranker(tiny('headless')), 'invalid-model', 'last_hidden_state', 'classifier head');
  });

  it('a graph whose labels are not those of its configuration', async () => {
    const folder = await tinyCopy('two');
    const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
    await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, num_labels: 1 }));
    await expectRefusal(loadReranker(folder), 'invalid-model', '2 label(s)', 'says 1');
  });

  it('broken JSON, an unknown kind of tokenizer', async () => {
    const folder = await tinyCopy('one');
    await writeFile(join(folder, 'config.json'), '{');
    await expectRefusal(loadReranker(folder), 'invalid-model', 'config.json is no JSON');
    await writeFile(join(folder, 'config.json'), '{}');
    await writeFile(join(folder, 'tokenizer.json'), '{"model":{"type":"Magic"}}');
    await expectRefusal(loadReranker(folder), 'invalid-model', 'tokenizer.json', 'cannot be used');
  });

  it.each([0, 1])('a tokenizer or a padding id of another model, on %i worker(s)', async (workers) => {
    const folder = await tinyCopy('one');
    const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as object;
    await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, pad_token_id: 99_999 }));
    const parts = [join(folder, 'model.onnx'), 'cannot run on what the tokenizer gives', '99999'];
    await expectRefusal(loadReranker(folder, { workers }), 'invalid-model', ...parts);
    await writeFile(join(folder, 'config.json'), JSON.stringify(config));
    const tokenizer = JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8')) as {
      readonly model: { readonly vocab: object };
    };
    const withIds = async (idOf: (at: number) => unknown): Promise<void> => {
      const vocab = Object.fromEntries(Object.keys(tokenizer.model.vocab).map((word, at) => [word, idOf(at)]));
      const changed = { ...tokenizer, model: { ...tokenizer.model, vocab } };
      await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(changed));
    };
    await withIds((at) => 50_000 + at);
    await expectRefusal(loadReranker(folder, { workers }), 'invalid-model', 'do they belong together?');
    await withIds(() => 'x');
    await expectRefusal(loadReranker(folder, { workers }), 'invalid-model', 'tokenizer.json', 'has neither the token');
  });

  it('entries of a configuration that are no text where a text belongs', async () => {
    const folder = await tinyCopy('one');
    const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as object;
    const notText = { toString: 1 };
    await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, secondpass: { prompt: notText } }));
    await expectRefusal(loadReranker(folder), 'invalid-model', 'names the prompt {"toString":1}');
    const odd = { id2label: { 0: notText }, architectures: [notText] };
    await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, ...odd }));
    const scorer = kept(await loadCrossEncoder(folder, { workers: 0 }));
    expect(scorer.kind).toBe('logit');
  });

  it('files that are too large to be read', async () => {
    for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
      const folder = await tinyCopy('one');
      await truncate(join(folder, name), 3 * 2 ** 30);
      await expectRefusal(loadReranker(folder), 'invalid-model', `${join(folder, name)} cannot be read`);
    }
  });

  it.each(['config.json', 'tokenizer_config.json', 'tokenizer.json'])('JSON that is no object, in %s', async (name) => {
    for (const text of ['null', '[]', '"text"', '1', 'true']) {
      const folder = await tinyCopy('one');
      await writeFile(join(folder, name), text);
      await expectRefusal(loadReranker(folder), 'invalid-model', `${name} holds no JSON object`);
    }
  });

  it('an activation that gives no probability, unless logits are asked for', async () => {
    const folder = await tinyCopy('one');
    const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
    const named = { ...config, sentence_transformers: { activation_fn: 'torch.nn.modules.activation.Tanh' } };
    await writeFile(join(folder, 'config.json'), JSON.stringify(named));
    await expectRefusal(loadReranker(folder), 'invalid-argument', '"Tanh"', 'kind: "logit"');
    const scorer = kept(await loadCrossEncoder(folder, { workers: 0 }));
    expect(() => scorer.as('probability')).toThrow('"Tanh"');
  });
});
