import { type Candidate, englishWords, lexical, wordsOf } from '@secondpass/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const docs = (...texts: string[]): Candidate[] => texts.map((content, index) => ({ id: `d${index}`, content }));
const scoresOf = async (query: string, list: readonly Candidate[], options?: Parameters<typeof lexical>[0]) =>
  Array.from((await lexical(options).score(query, list)).value.scores);

const split = (text: string) => text.split(' ').filter((word) => word !== '');

/** BM25 the slow way: every count is counted again where the formula has it. */
function slowBm25(query: string, texts: readonly string[], k1: number, b: number): number[] {
  const mean = texts.reduce((sum, text) => sum + split(text).length, 0) / texts.length;
  return texts.map((text) =>
    split(query).reduce((sum, term) => {
      const tf = split(text).filter((word) => word === term).length;
      const n = texts.filter((other) => split(other).includes(term)).length;
      const idf = 1 + Math.log(1 + (texts.length - n + 0.5) / (n + 0.5));
      return tf === 0 ? sum : sum + (idf * tf) / (tf + k1 * (1 - b + (b * split(text).length) / mean));
    }, 0),
  );
}

const words = (max: number) =>
  fc.array(fc.constantFrom('p', 'q', 'r', 't'), { maxLength: max }).map((w) => w.join(' '));

test('is BM25 over the list, as the slow way finds it', () => {
  return fc.assert(
    fc.asyncProperty(
      words(4).filter((query) => query !== ''),
      fc.array(words(9), { minLength: 1, maxLength: 6 }).filter((texts) => texts.some((text) => text !== '')),
      fc.double({ min: 0.1, max: 3, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (query, texts, k1, b) => {
        const expected = slowBm25(query, texts, k1, b);
        // The mean length is at least 1 here; below that the two differ by design.
        fc.pre(texts.join(' ').split(' ').filter(Boolean).length >= texts.length);
        const actual = await scoresOf(query, docs(...texts), { k1, b });
        for (const [index, score] of actual.entries()) expect(score).toBeCloseTo(expected[index]!, 10);
      },
    ),
  );
});

test('the same words in another order get the same score, to the last bit', () => {
  const query = 'p q r t';
  const others = ['p', 'p q', 'p q r t t t', 'r', 'r p', 'q'];
  return fc.assert(
    fc.asyncProperty(words(9), fc.infiniteStream(fc.nat()), async (text, random) => {
      const shuffled = split(text)
        .map((word) => ({ word, place: random.next().value as number }))
        .sort((a, b) => a.place - b.place)
        .map(({ word }) => word);
      const [first, second] = await scoresOf(query, docs(text, shuffled.join(' '), ...others));
      expect(second).toBe(first);
    }),
    { numRuns: 300 },
  );
});

test('by hand: two texts, one word in one of them', async () => {
  // N = 2, n = 1: worth 1 + ln(1 + 1.5 / 1.5) = 1.693147. Lengths 2 and 4, mean 3; tf 1; k1 1.2, b 0.75:
  // 1.693147 / (1 + 1.2 * (0.25 + 0.75 * 2 / 3)) = 1.693147 / 1.9 = 0.891130.
  const [first, second] = await scoresOf('dune', docs('dune novel', 'red planet under sand'));
  expect(first).toBeCloseTo(0.89113, 6);
  expect(second).toBe(0);
});

test('a text that holds more of the query, or a rarer word of it, stands higher', async () => {
  const [all, rare, common, none] = await scoresOf(
    'spice melange price',
    docs('spice melange price', 'melange is old', 'spice is old', 'nothing of it'),
  );
  expect(all).toBeGreaterThan(rare!);
  expect(rare).toBe(common);
  expect(none).toBe(0);
});

test('what has no text is unscored, not 0, and said; so is everything when the query has no word', async () => {
  const image: Candidate = { id: 'i', content: [{ type: 'image', mediaType: 'image/png', data: new Uint8Array(1) }] };
  const { value, notes } = await lexical().score('dune', [...docs('dune', ''), image]);
  expect(value.scores).toEqual([expect.any(Number), 0, undefined]);
  expect(notes).toMatchObject([{ code: 'unsupported-content', ids: ['i'] }]);
  const silent = await lexical().score('?!', docs('dune', 'sand'));
  expect(silent.value.scores).toEqual([undefined, undefined]);
  expect(silent.notes).toMatchObject([{ code: 'unscored', ids: ['d0', 'd1'] }]);
});

test('words are folded, and scripts without spaces are paired', () => {
  expect(wordsOf("Don't STOP — Ｆｕｌｌ-width naïve Zürich 42nd")).toEqual(
    ["don't", 'stop', 'full', 'width', 'naïve', 'zürich', '42nd'], // prettier-ignore
  );
  expect(wordsOf('東京都は大きい')).toEqual(['東京', '京都', '都は', 'は大', '大き', 'きい']);
  expect(wordsOf('猫')).toEqual(['猫']);
  expect(wordsOf('ภาษา')).toEqual(['ภา', 'าษ', 'ษา']);
  expect(wordsOf('iPhone手机 Python入門 2024年 コーヒー')).toEqual('iphone 手机 python 入門 2024 年 コー ーヒ ヒー'.split(' ')); // prettier-ignore
  expect(wordsOf('नमस्ते दुनिया')).toEqual(['नमस्ते', 'दुनिया']);
  expect(wordsOf(' \n?!')).toEqual([]);
  expect(wordsOf('\ud83e lone')).toEqual(['lone']);
});

test('English words lose function words and plurals, and nothing else', () => {
  expect(englishWords('What are the studies of planets, buses and boxes?')).toEqual([
    'study',
    'planet',
    'buse',
    'boxe',
  ]);
  expect(englishWords('status virus')).toEqual(['status', 'virus']);
  expect(englishWords('bus glass gas is as this bees toes lens')).toEqual([
    'bus',
    'glass',
    'gas',
    'bees',
    'toes',
    'len',
  ]);
  expect(englishWords('Die Häuser der Städte')).toEqual(['die', 'häuser', 'der', 'städte']);
});

test('the words that are compared may be the caller’s', async () => {
  expect(await scoresOf('ab', docs('xa', 'xyz'), { words: (text) => [...text] })).toEqual([expect.any(Number), 0]);
  expect(await scoresOf('the', docs('the'))).toEqual([undefined]);
  expect(await scoresOf('the', docs('the'), { words: wordsOf })).toEqual([expect.any(Number)]);
});

test('its options are checked when it is made', () => {
  for (const options of [{ k1: -1 }, { b: 1.1 }, { b: Number.NaN }, { stemmer: true }]) {
    expect(() => lexical(options as never)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  }
});
