import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellWord } from '../../src/print/shell-word.ts';

describe('shellWord', () => {
  it.skipIf(process.platform === 'win32')('is read by a shell as the word that it was', () => {
    const awkward = fc.constantFrom(...'"\'$`\\!?*#~&;| \n-a'.split(''));
    const word = fc
      .oneof(fc.string({ unit: awkward }), fc.string({ unit: 'grapheme' }))
      .map((text) => text.replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
        const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${words.map(shellWord).join(' ')}`], {
          encoding: 'utf8',
        });
        expect(stdout.split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 100 },
    );
  });

  it('has quotes only where it needs some', () => {
    expect(['docs/a.md', 'How?', 'a "b"', "isn't", ''].map(shellWord)).toEqual([
      'docs/a.md',
      '"How?"',
      `'a "b"'`,
      `"isn't"`,
      '""',
    ]);
  });
});
