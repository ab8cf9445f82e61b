// Long texts without a place to cut, through the tokenizers of all architectures: one end of them is read.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { cutAfter, cutBefore } from '../../../src/models/tokenize/cut-text.ts';
import type { PairTokenizer } from '../../../src/models/tokenize/pair-tokenizer.ts';
import { pairTokenizer } from '../../../src/models/tokenize/tokenizer.ts';

const fixtures = fileURLToPath(new URL('../../../../../test/golden/architectures/fixtures', import.meta.url));
const names = readdirSync(fixtures).filter((name) => existsSync(join(fixtures, name, 'tokenizer.json')));
const read = (name: string, file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(fixtures, name, file), 'utf8')) as Record<string, unknown>;
const tokenizerOf = (name: string, side: string, maxLength: number): PairTokenizer =>
  pairTokenizer(
    {
      tokenizer: read(name, 'tokenizer.json'),
      config: { ...read(name, 'tokenizer_config.json'), truncation_side: side },
    },
    maxLength,
  );

/** That many of the characters, drawn by a fixed rule that does not repeat itself. */
function unbroken(characters: string, count: number, seed = 1): string {
  const alphabet = [...characters];
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return alphabet[Math.floor(state / 2 ** 8) % alphabet.length];
  }).join('');
}
const alphabets = {
  hexadecimal: '0123456789abcdef',
  letters: 'etaoinshrdlu',
  Thai: 'กขคงจชซญดตนบปผพมยรลวสหอะาิีุูเแโใไ่้',
  Hangul: '가나다라마바사아자차카타파하한국어말글',
  faces: '😀😁😂🦀👍🏽',
};

describe.each(names)('%s', (name) => {
  it.each(['right', 'left'])('reads 200,000 characters in a moment and notes what it left out (%s)', (side) => {
    const tokenizer = tokenizerOf(name, side, 512);
    const words = tokenizer.encode('river');
    for (const [alphabet, characters] of Object.entries(alphabets)) {
      const text = unbroken(characters, 200_000);
      // Processor time: the machine may be busy.
      const started = process.cpuUsage().user;
      const found = tokenizer.encode(text);
      expect((process.cpuUsage().user - started) / 1000, alphabet).toBeLessThan(1500);
      expect(found.ids.length, alphabet).toBeLessThan(20_000);
      expect(tokenizer.pair(words, found).truncated || found.complete, alphabet).toBe(true);
      expect(tokenizer.single(text, 64).pair.ids.length, alphabet).toBeLessThanOrEqual(64);
    }
  });

  it.each(['right', 'left'])('has the tokens of the whole text at its end that counts (%s)', (side) => {
    const tokenizer = tokenizerOf(name, side, 64);
    const query = tokenizer.encode('which river');
    for (const [alphabet, characters] of Object.entries(alphabets)) {
      for (const [seed, before] of ['', 'a b c d e f g h i j k l m n o p q r s t '.repeat(2)].entries()) {
        const run = unbroken(characters, 3000, 7 + seed);
        const text = side === 'left' ? run + before : before + run;
        const lazy = tokenizer.encode(text);
        const whole = tokenizer.encode(text, Infinity);
        const where = `${alphabet}, ${seed}`;
        expect(tokenizer.pair(query, lazy).pair.ids.join(' '), where).toBe(
          tokenizer.pair(query, whole).pair.ids.join(' '),
        );
        expect(lazy.complete, where).toBe(whole.ids.length <= 500);
      }
    }
  });
});

it('is never cut inside a surrogate pair, nor before its beginning', () => {
  const slack = { atSpace: 16, elsewhere: 64 };
  for (const at of [3, 4, 5, 6]) {
    expect(cutBefore('😀'.repeat(9), at, slack)).toEqual({ at: at - (at % 2), slack: 64 });
    expect(cutAfter('😀'.repeat(9), at, slack)).toEqual({ at: at - (at % 2), slack: 64 });
  }
  expect(cutBefore('ab cd ef gh', 9, slack)).toEqual({ at: 8, slack: 16 });
  expect(cutAfter('ab cd ef gh', 1, slack)).toEqual({ at: 2, slack: 16 });
});
