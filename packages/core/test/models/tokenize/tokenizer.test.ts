import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PairTokenizer } from '../../../src/models/tokenize/pair-tokenizer.ts';
import { pairTokenizer } from '../../../src/models/tokenize/tokenizer.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const read = (path: string): never => JSON.parse(readFileSync(path, 'utf8')) as never;
const model = at('../../../../model-mini-en/model/');
const files = { tokenizer: read(`${model}tokenizer.json`), config: read(`${model}tokenizer_config.json`) };

type Described = string | { readonly piece: string; readonly times: number };
interface Golden {
  readonly made: string;
  /** Tokens of a pair that are neither text's. */
  readonly special: number;
  readonly texts: readonly { text: Described; count: number; ids?: number[]; digest?: string }[];
  readonly pairs: readonly {
    maxLength: number;
    query: number;
    text: number;
    count: number;
    ids: string;
    types: string;
  }[];
}
const golden: Golden = read(at('../golden/tokens.json'));
const textOf = (text: Described): string => (typeof text === 'string' ? text : text.piece.repeat(text.times));
const digest = (ids: ArrayLike<number>): string =>
  createHash('sha256').update(Array.from(ids).join(',')).digest('hex').slice(0, 16);

const tokenizers = new Map<number, PairTokenizer>();
function tokenizerOf(maxLength: number): PairTokenizer {
  const known = tokenizers.get(maxLength) ?? pairTokenizer(files, maxLength);
  tokenizers.set(maxLength, known);
  return known;
}

describe(`token ids, against ${golden.made}`, () => {
  const unbounded = pairTokenizer(files, 1_000_000);

  it.each(golden.texts.map((entry) => [JSON.stringify(entry.text).slice(0, 60), entry] as const))('%s', (_, entry) => {
    const { ids, complete } = unbounded.encode(textOf(entry.text));
    expect(complete).toBe(true);
    expect(ids.length).toBe(entry.count);
    expect(entry.ids ? [...ids] : digest(ids)).toEqual(entry.ids ?? entry.digest);
  });

  it('pairs and their types, truncated to 512, 64 and 17 tokens', () => {
    expect(golden.pairs.length).toBeGreaterThan(300);
    for (const { maxLength, query, text, count, ids, types } of golden.pairs) {
      const tokenizer = tokenizerOf(maxLength);
      const first = tokenizer.encode(textOf(golden.texts[query]!.text), Infinity);
      const second = tokenizer.encode(textOf(golden.texts[text]!.text), first.ids.length);
      const { pair, truncated } = tokenizer.pair(first, second);
      const where = `query ${query}, text ${text}, ${maxLength} tokens`;
      expect([pair.ids.length, digest(pair.ids), digest(pair.types)], where).toEqual([count, ids, types]);
      expect(truncated, where).toBe(
        golden.texts[query]!.count + golden.texts[text]!.count > maxLength - golden.special,
      );
    }
  });
});

describe('pairTokenizer', () => {
  const [cls, sep] = [101, 102];

  it('keeps both [SEP] and some of each text, whatever their lengths', () => {
    const words = fc.integer({ min: 1, max: 900 }).map((count) => 'river '.repeat(count));
    fc.assert(
      fc.property(words, words, fc.integer({ min: 8, max: 512 }), (query, text, maxLength) => {
        const tokenizer = tokenizerOf(maxLength);
        const { ids, types } = tokenizer.pair(tokenizer.encode(query), tokenizer.encode(text)).pair;
        expect(ids.length).toBeLessThanOrEqual(maxLength);
        const middle = ids.indexOf(sep);
        expect([ids[0], ids.at(-1)]).toEqual([cls, sep]);
        expect(middle).toBeGreaterThan(1);
        expect(ids[middle + 1]).toBe(cls);
        expect(ids.length - middle).toBeGreaterThan(3);
        expect([...types]).toEqual(Array.from(ids, (_, index) => (index <= middle ? 0 : 1)));
      }),
      { numRuns: 60 },
    );
  });

  it('reads no more of a long text than it needs, with the same result', () => {
    const sentence = fc.stringMatching(/^[a-zA-Zéß ,.'1中文\n]{0,20}$/);
    const between = fc.constantFrom(' ', '\n', ',', '。', '中', '  ', 'ab');
    fc.assert(
      fc.property(fc.array(sentence, { minLength: 40, maxLength: 60 }), between, (parts, between) => {
        const text = parts.join(between).repeat(6);
        const tokenizer = tokenizerOf(64);
        const query = tokenizer.encode('which river');
        const whole = { ids: unbounded.encode(text).ids, complete: true };
        const lazy = tokenizer.encode(text);
        expect([...tokenizer.pair(query, lazy).pair.ids]).toEqual([...tokenizer.pair(query, whole).pair.ids]);
      }),
    );
  });

  it('reads no more of a long query than it needs, with the same result unless the text is as long, too', () => {
    const words = fc.integer({ min: 1, max: 400 }).map((count) => 'the river, which '.repeat(count));
    const tokenizer = tokenizerOf(64);
    fc.assert(
      fc.property(words, words, (query, text) => {
        const whole = { ids: unbounded.encode(query).ids, complete: true };
        const wholeText = { ids: unbounded.encode(text).ids, complete: true };
        fc.pre(Math.min(whole.ids.length, wholeText.ids.length) <= 128);
        const lazy = tokenizer.query(query);
        expect(lazy.ids.length).toBeLessThan(600);
        expect(lazy.complete || lazy.ids.length > 128).toBe(true);
        const { pair, truncated } = tokenizer.pair(lazy, tokenizer.encode(text, lazy.ids.length));
        const wanted = tokenizer.pair(whole, wholeText);
        expect([...pair.ids]).toEqual([...wanted.pair.ids]);
        expect(truncated).toBe(wanted.truncated);
      }),
    );
  });

  it('reads half a surrogate pair as U+FFFD', () => {
    const tokenizer = tokenizerOf(512);
    expect(tokenizer.encode('a \ud83d b \udc4d')).toEqual(tokenizer.encode('a \ufffd b \ufffd'));
  });

  it('cuts on the left where the tokenizer says so', () => {
    const left = pairTokenizer({ ...files, config: { ...(files.config as object), truncation_side: 'left' } }, 17);
    const { pair } = left.pair(
      left.encode('first query'),
      left.encode('one two three four five six seven eight nine ten eleven twelve thirteen fourteen'),
    );
    const end = unbounded.encode('thirteen fourteen').ids;
    expect(Array.from(pair.ids.subarray(-1 - end.length))).toEqual([...end, sep]);
  });

  it('refuses a length without room for both texts', () => {
    expect(() => pairTokenizer(files, 4)).toThrow('leaves no room');
  });

  const unbounded = tokenizerOf(1_000_000);
});
