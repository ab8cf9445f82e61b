import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadEncoder, type LoadedEncoder } from '../../src/load/load-encoder.ts';
import type { TextVectors } from '../../src/models/encoder.ts';
import { encode, load } from './encoders.ts';
import { passages, tiny, tinyCopy } from './tiny.ts';

interface Golden {
  readonly most: number;
  readonly texts: readonly { text: string; ids: number[]; vector: number[]; tokens: number[] }[];
}
const golden = JSON.parse(
  readFileSync(fileURLToPath(new URL('golden/vectors.json', import.meta.url)), 'utf8'),
) as Golden;

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Array.from(a, (value, index) => Math.abs(value - b[index]!)).reduce((max, value) => Math.max(max, value), 0);
};

describe('vectors of the reference runtime, fp32, within 1e-4', () => {
  const texts = golden.texts.map(({ text }) => text);

  it.each([{ workers: 0 }, { workers: 2 }, { workers: 1, tokenBudget: 1 }, { workers: 1, tokenBudget: 4096 }])(
    'with %j',
    async (options) => {
      const encoder = await load({ ...options, storage: 'float32' });
      const { value, notes, run } = await encoder.vectors(texts, { maxLength: golden.most });
      const { value: tokens } = await encoder.tokenVectors(texts, { maxLength: golden.most });
      for (const [index, wanted] of golden.texts.entries()) {
        expect(value[index]).toMatchObject({ rows: 1, cols: encoder.dim });
        expect(largest(value[index]!.data, wanted.vector), wanted.text).toBeLessThan(1e-4);
        expect(tokens[index]).toMatchObject({ rows: wanted.ids.length, cols: encoder.dim });
        expect(largest(tokens[index]!.data, wanted.tokens), wanted.text).toBeLessThan(1e-4);
      }
      expect(notes).toMatchObject([{ code: 'truncated', message: expect.stringContaining('2 text(s)') }]);
      expect(run!.usage!.pairs).toBe(texts.length);
    },
  );

  it('with the token ids beside them', async () => {
    const found: Int32Array[] = [];
    const encoder = await load();
    await encoder.encode(texts, { maxLength: golden.most }, (index, { ids }) => (found[index] = ids));
    expect(found.map((ids) => [...ids])).toEqual(golden.texts.map(({ ids }) => ids));
    expect([...encoder.specialIds].length).toBe(5);
  });
});

describe('a text', () => {
  it('gets the same vectors alone and in company, whatever the budget', async () => {
    const texts = passages(60);
    const alone = await encode(await load({ workers: 0, tokenBudget: 1, storage: 'float32' }), texts);
    const together = await encode(await load({ workers: 2, tokenBudget: 600, storage: 'float32' }), texts);
    for (const [index, { vector, tokens }] of alone.entries()) {
      expect(largest(vector, together[index]!.vector)).toBeLessThan(1e-5);
      expect(largest(tokens!.data, together[index]!.tokens!.data)).toBeLessThan(1e-5);
    }
  });

  it('is encoded once: in one call, in calls at the same time, and afterwards', async () => {
    const encoder = await load({ workers: 2 });
    const texts = [...passages(50), ...passages(50)];
    const ask = () => encoder.encode(texts, { tokens: true }, () => {});
    const [first, second] = await Promise.all([ask(), ask()]);
    // Which of the two comes first to a text is the machine's business.
    expect(first.texts + second.texts).toBe(50);
    expect(await ask()).toMatchObject({ texts: 0, tokens: 0, cached: 100 });
    expect((await encode(encoder, texts)).every(({ tokens, ids }) => tokens?.rows === ids.length)).toBe(true);
  });

  it('is encoded again when its vectors were not kept, or its tokens were not', async () => {
    const texts = passages(10);
    const forgetful = await load({ cacheBytes: 0 });
    const wholes = await load();
    for (const encoder of [forgetful, wholes]) await encode(encoder, texts, false);
    expect((await forgetful.encode(texts, {}, () => {})).texts).toBe(10);
    expect((await wholes.encode(texts, {}, () => {})).texts).toBe(0);
    expect((await wholes.encode(texts, { tokens: true }, () => {})).texts).toBe(10);
  });

  it('that two calls share at a time has its tokens in both, kept or not', async () => {
    const encoder = await load({ workers: 1, cacheBytes: 0 });
    const texts = passages(40);
    const rounds = Array.from({ length: 6 }, async (_, round) => {
      await new Promise((resolve) => setTimeout(resolve, round * 3));
      return encode(encoder, texts, round % 2 === 0);
    });
    for (const [round, found] of (await Promise.all(rounds)).entries()) {
      expect(found.length).toBe(40);
      expect(round % 2 === 1 || found.every(({ tokens }) => tokens !== undefined)).toBe(true);
    }
  });

  it('cut to another length is another text', async () => {
    const encoder = await load();
    const long = 'the river and the town '.repeat(10);
    const lengths: number[] = [];
    for (const maxLength of [16, 32, 16]) {
      await encoder.encode([long], { maxLength }, (_, { ids, truncated }) =>
        lengths.push(ids.length, Number(truncated)),
      );
    }
    expect(lengths).toEqual([16, 1, 32, 1, 16, 1]);
  });
});

describe('pooling', () => {
  const first = async (encoder: LoadedEncoder): Promise<Float32Array> => {
    const [{ vector, tokens }] = (await encode(encoder, ['the river and the town'])) as [TextVectors];
    expect(largest(vector, (tokens!.data as Float32Array).subarray(0, encoder.dim))).toBeLessThan(1e-6);
    return vector;
  };
  const pooled = async (mode: string): Promise<string> => {
    const folder = await tinyCopy('headless');
    await mkdir(join(folder, '1_Pooling'));
    await writeFile(join(folder, '1_Pooling', 'config.json'), JSON.stringify({ word_embedding_dimension: 32, [`pooling_mode_${mode}`]: true })); // prettier-ignore
    return folder;
  };

  it('by the first token is what an option or the files of the model ask for', async () => {
    await first(await load({ pooling: 'cls', storage: 'float32' }));
    await first(await load({ storage: 'float32' }, await pooled('cls_token')));
    await expect(first(await load({ storage: 'float32' }, await pooled('mean_tokens')))).rejects.toThrow();
  });

  it('in a way that is not known is refused, with the way out', async () => {
    const folder = await pooled('max_tokens');
    await expect(loadEncoder(folder)).rejects.toMatchObject({ code: 'invalid-model', message: expect.stringMatching(/max_tokens.*Say pooling/) }); // prettier-ignore
    await load({ pooling: 'mean' }, folder);
    const dense = await tinyCopy('headless');
    await writeFile(join(dense, 'modules.json'), JSON.stringify([{ type: 'sentence_transformers.models.Dense' }]));
    await expect(loadEncoder(dense)).rejects.toThrow('Dense layer');
    await writeFile(join(dense, 'modules.json'), '[null]');
    await load({}, dense);
  });
});

describe('loadEncoder', () => {
  it('refuses a cross-encoder, an unknown option and one of cross-encoders', async () => {
    await expect(loadEncoder(tiny('one'))).rejects.toMatchObject({ code: 'invalid-model', message: expect.stringContaining('gives a vector for every token') }); // prettier-ignore
    await expect(loadEncoder(tiny('headless'), { kind: 'logit' } as never)).rejects.toThrow('no option "kind"');
    await expect(loadEncoder(tiny('headless'), { cacheBytes: -1 })).rejects.toThrow('cacheBytes');
    await expect(loadEncoder(tiny('headless'), { storage: 'int4' as never })).rejects.toThrow('storage is "int4"');
  });

  it('takes the encoder of a folder that holds both kinds, and the other loaders the other', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'secondpass-both-')), 'both');
    await cp(tiny('one'), folder, { recursive: true });
    await cp(join(tiny('headless'), 'model.onnx'), join(folder, 'encoder.onnx'));
    expect((await load({}, folder)).dim).toBe(32);
    const { loadCrossEncoder } = await import('../../src/load/load-cross-encoder.ts');
    await (await loadCrossEncoder(folder)).dispose();
  });
});
