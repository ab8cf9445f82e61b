// What sentence-transformers keeps of a model in files of its own, and RoBERTa's positions.
import { readFile, cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCrossEncoder } from '../../src/load/load-cross-encoder.ts';
import { readModelConfig } from '../../src/models/files/model-config.ts';
import { load } from './encoders.ts';
import { kept } from './kept.ts';
import { expectRefusal } from './refusals.ts';
import { tinyCopy } from './tiny.ts';

const write = (folder: string, name: string, content: unknown): Promise<void> =>
  writeFile(join(folder, name), JSON.stringify(content));

describe('max_seq_length of sentence_bert_config.json', () => {
  it('is what an encoder reads at most, and a cross-encoder', async () => {
    const encoder = await tinyCopy('headless');
    const before = (await load({}, encoder)).maxLength;
    expect(before).toBeGreaterThan(32);
    await write(encoder, 'sentence_bert_config.json', { max_seq_length: 32, do_lower_case: false });
    const short = await load({}, encoder);
    expect(short.maxLength).toBe(32);
    const { notes } = await short.vectors(['the river and the town '.repeat(10)]);
    expect(notes).toMatchObject([{ code: 'truncated' }]);
  });

  it('counts before model_max_length, as in the reference, but never beyond the positions', () => {
    const longest = (positions: number, tokens: number, most: unknown): number =>
      readModelConfig({ max_position_embeddings: positions }, { model_max_length: tokens }, { max_seq_length: most })
        .maxLength;
    expect(longest(512, 512, 128)).toBe(128);
    expect(longest(512, 128, 256)).toBe(256);
    expect(longest(512, 128, 1024)).toBe(512);
    expect(longest(512, 128, null)).toBe(128);
  });

  it('that is no JSON is refused', async () => {
    const folder = await tinyCopy('headless');
    await writeFile(join(folder, 'sentence_bert_config.json'), '{');
    await expectRefusal(load({}, folder), 'invalid-model', 'sentence_bert_config.json is no JSON');
  });
});

describe('activation_fn of config_sentence_transformers.json', () => {
  const saved = { model_type: 'CrossEncoder', activation_fn: 'torch.nn.modules.activation.Tanh' };

  it('gives no probability where the function does not', async () => {
    const folder = await tinyCopy('one');
    await write(folder, 'config_sentence_transformers.json', saved);
    await expectRefusal(loadCrossEncoder(folder, { workers: 0, kind: 'probability' }), 'invalid-argument', '"Tanh"');
    const scorer = kept(await loadCrossEncoder(folder, { workers: 0 }));
    expect(() => scorer.as('probability')).toThrow('"Tanh"');
  });

  it('counts before what config.json says, as in the reference', () => {
    const config = { sentence_transformers: { activation_fn: 'torch.nn.modules.activation.Sigmoid' } };
    expect(readModelConfig(config, {}, saved).activation).toBe('Tanh');
    expect(readModelConfig(config, {}, { activation_fn: null }).activation).toBe('Sigmoid');
    expect(readModelConfig({}, {}, {}).activation).toBe('Sigmoid');
  });
});

it('an encoder of RoBERTa’s family is given positions from 2 on, where its graph asks for them', async () => {
  const folder = await tinyCopy('headless');
  await cp(fileURLToPath(new URL('tiny/positions.onnx', import.meta.url)), join(folder, 'model.onnx'));
  const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
  const positionsOf = async (family: string): Promise<number[]> => {
    await write(folder, 'config.json', { ...config, model_type: family });
    const encoder = await load({ workers: 0, storage: 'float32', maxLength: 12 }, folder);
    const [tokens] = (await encoder.tokenVectors(['the river'])).value;
    return Array.from({ length: tokens!.rows }, (_, row) =>
      tokens!.data.slice(row * tokens!.cols, (row + 1) * tokens!.cols).indexOf(1),
    );
  };
  expect(await positionsOf('bert')).toEqual([0, 1, 2, 3]);
  expect(await positionsOf('xlm-roberta')).toEqual([2, 3, 4, 5]);
});
