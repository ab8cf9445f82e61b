// Long texts that cannot be cut, through the tokenizers of all architectures: none may block the event loop for long.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PairTokenizer } from '../../../src/models/tokenize/pair-tokenizer.ts';
import { pairTokenizer } from '../../../src/models/tokenize/tokenizer.ts';

const fixtures = fileURLToPath(new URL('../../../../../test/golden/architectures/fixtures', import.meta.url));
const names = readdirSync(fixtures).filter((name) => existsSync(join(fixtures, name, 'tokenizer.json')));
const read = (name: string, file: string): never =>
  JSON.parse(readFileSync(join(fixtures, name, file), 'utf8')) as never;
const tokenizerOf = (name: string, maxLength = 512): PairTokenizer =>
  pairTokenizer({ tokenizer: read(name, 'tokenizer.json'), config: read(name, 'tokenizer_config.json') }, maxLength);

it.each(names)('%s reads a run of 60,000 in time that grows with its length', (name) => {
  const tokenizer = tokenizerOf(name);
  for (const unit of [' ', '\n', 'é', '\u0301']) {
    // Processor time: the machine may be busy.
    const started = process.cpuUsage().user;
    tokenizer.encode(`a${unit.repeat(60_000)}b`);
    expect((process.cpuUsage().user - started) / 1000, JSON.stringify(unit)).toBeLessThan(2000);
  }
});

describe('DeBERTa, whose tokenizer strips white space', () => {
  const tokenizer = tokenizerOf('deberta-v3', 1_000_000);

  it('strips what Unicode calls white space, and nothing else', () => {
    const space = fc.constantFrom(' ', '\n', '\t', '\u0085', '\u00a0', '\u2003', '\u3000');
    const padding = fc.array(space, { maxLength: 20 }).map((parts) => parts.join(''));
    const word = fc.constantFrom('river', 'a b', '\u200b', 'Straße', 'x\u3000y', '\ufeffz\ufeff');
    fc.assert(
      fc.property(padding, word, padding, (before, text, after) => {
        expect(tokenizer.encode(before + text + after).ids).toEqual(tokenizer.encode(text).ids);
      }),
    );
  });
});
