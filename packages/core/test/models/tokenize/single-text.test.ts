import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { repairTokenizer } from '../../../src/models/tokenize/tokenizer-repairs.ts';
import { pairTokenizer } from '../../../src/models/tokenize/tokenizer.ts';

// What stands around a text alone differs by family: [CLS] A [SEP], <s> A </s>, A, A </s>, ...
const fixtures = fileURLToPath(new URL('../../../../../test/golden/architectures/fixtures/', import.meta.url));
const texts = ['who wrote Dune?', 'The bridge was built in 1890, by the town.', 'café 中文', 'a'];

describe('a text alone', () => {
  const names = readdirSync(fixtures).filter((name) => existsSync(join(fixtures, name, 'tokenizer.json')));
  it.each(names)('of %s stands in the frame that its tokenizer gives it', (name) => {
    const read = (file: string): never => JSON.parse(readFileSync(join(fixtures, name, file), 'utf8')) as never;
    const files = { tokenizer: read('tokenizer.json'), config: read('tokenizer_config.json') };
    const whole = new Tokenizer(files.tokenizer, files.config);
    repairTokenizer(whole, files.tokenizer);
    const ours = pairTokenizer(files, 128);
    for (const text of texts) {
      const { pair, truncated } = ours.single(text, Infinity);
      expect([...pair.ids], text).toEqual(whole.encode(text).ids);
      expect(pair.types.length).toBe(pair.ids.length);
      expect(truncated).toBe(false);
    }
  });

  it('is cut to what is asked for, at the side that the tokenizer names, and special tokens stay', () => {
    const read = (file: string): Record<string, unknown> =>
      JSON.parse(readFileSync(join(fixtures, 'bert', file), 'utf8')) as Record<string, unknown>;
    const [tokenizer, config] = [read('tokenizer.json'), read('tokenizer_config.json')];
    const long = Array.from({ length: 400 }, (_, n) => `${n % 10}`).join(' ');
    const [left, right] = (['left', 'right'] as const).map((side) =>
      pairTokenizer({ tokenizer, config: { ...config, truncation_side: side } }, 64),
    );
    const all = new Tokenizer(tokenizer, config).encode(long, { add_special_tokens: false }).ids;
    for (const [most, kept] of [
      [16, 14],
      [999, 62],
    ] as const) {
      const [fromLeft, fromRight] = [left!.single(long, most), right!.single(long, most)];
      expect([fromLeft.truncated, fromRight.truncated]).toEqual([true, true]);
      expect([...fromRight.pair.ids].slice(1, -1)).toEqual(all.slice(0, kept));
      expect([...fromLeft.pair.ids].slice(1, -1)).toEqual(all.slice(-kept));
      expect([fromLeft.pair.ids[0], fromLeft.pair.ids.at(-1)]).toEqual([fromRight.pair.ids[0], fromRight.pair.ids.at(-1)]); // prettier-ignore
    }
  });
});
