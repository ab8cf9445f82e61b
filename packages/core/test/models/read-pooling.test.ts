import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPooling } from '../../src/load/read-pooling.ts';
import { expectRefusal } from './refusals.ts';

/** A folder with that pooling file alone. */
async function folderWith(pooling: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'secondpass-pooling-'));
  await mkdir(join(folder, '1_Pooling'));
  await writeFile(join(folder, '1_Pooling', 'config.json'), JSON.stringify(pooling));
  return folder;
}
const current = (mode: unknown): unknown => ({ embedding_dimension: 32, pooling_mode: mode, include_prompt: true });
const older = (...modes: string[]): unknown => ({
  word_embedding_dimension: 32,
  pooling_mode_cls_token: false,
  pooling_mode_mean_tokens: false,
  ...Object.fromEntries(modes.map((mode) => [`pooling_mode_${mode}`, true])),
});

describe('readPooling', () => {
  it.each([
    ['cls', current('cls'), 'the name that sentence-transformers writes since version 5'],
    ['mean', current('mean'), 'the same'],
    ['cls', current(['cls']), 'a list of one'],
    ['cls', older('cls_token'), 'what it wrote before'],
    ['mean', older('mean_tokens'), 'the same'],
    ['cls', { ...(older('mean_tokens') as object), pooling_mode: 'cls' }, 'the newer name counts, as in the reference'],
  ] as [string, unknown, string][])('%s by %j: %s', async (pooling, file) => {
    expect(await readPooling(await folderWith(file))).toBe(pooling);
  });

  it('is the mean where nothing is said', async () => {
    expect(await readPooling(await mkdtemp(join(tmpdir(), 'secondpass-pooling-')))).toBe('mean');
  });

  it.each([
    [current('lasttoken'), 'by lasttoken'],
    [current('max'), 'by max'],
    [current('weightedmean'), 'by weightedmean'],
    [current(['cls', 'mean']), 'by cls and mean'],
    [older('lasttoken'), 'by lasttoken'],
    [older('max_tokens'), 'by max_tokens'],
    [older('cls_token', 'mean_tokens'), 'by cls_token and mean_tokens'],
    [older(), 'names no way'],
    [current([]), 'names no way'],
    [current(null), 'names no way'],
    [{}, 'names no way'],
    [null, 'names no way'],
    [['cls'], 'names no way'],
  ])('refuses %j', async (file, part) => {
    await expectRefusal(readPooling(await folderWith(file)), 'invalid-model', part, 'Say pooling: "mean" or "cls"');
  });
});
