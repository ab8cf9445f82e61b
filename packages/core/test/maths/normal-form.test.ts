import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byScore, diversify, englishWords, lexical, reciprocalRank } from '../../src/index.ts';
import { folded } from '../../src/decompose/distinct-parts.ts';
import { normalForm, normalForms } from '../../src/maths/normal-form.ts';
import { bertNormalizer } from '../../src/models/tokenize/bert-normalizer.ts';

/** Marks that stand above and below in turns: to order them is what costs. */
const marks = (count: number): string => 'a' + '\u0301\u0316'.repeat(count / 2);

it("is the platform's own, up to thirty marks in a row", () => {
  const piece = fc.constantFrom('a', 'é', '\u0301', '\u0316', 'ｶﾞ', 'ﬁ', '가', '\u0344', ' ', 'ा', '😀');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.constantFrom(...normalForms), (pieces, form) => {
      const text = pieces.join('');
      expect(normalForm(text, form)).toBe(text.normalize(form));
    }),
  );
  expect(normalForm(marks(30), 'NFC')).toBe(marks(30).normalize('NFC'));
});

it('keeps every mark of a longer run, and parts them after each thirty', () => {
  const found = normalForm(marks(100), 'NFD');
  expect(found.replaceAll('\u034f', '')).toHaveLength(101);
  expect(found.match(/\u034f/g)).toHaveLength(3);
});

const long = marks(400_000);
const tall = 'ﾞ\u0301'.repeat(100_000);
const list = [
  { id: 'a', content: long },
  { id: 'b', content: tall },
];

it.each([
  ['normalForm', () => normalForms.map((form) => normalForm(long + tall, form))],
  ['englishWords', () => englishWords(long)],
  ['lexical', () => byScore(lexical()).rerank('apple', list)],
  ['diversify', () => diversify(byScore(lexical())).rerank('apple', list)],
  ['fusion by content', () => reciprocalRank().fuse([{ name: 'a', candidates: list }], { key: 'content' })],
  ['folded', () => folded(long)],
  ['the embedded tokenizer', () => bertNormalizer({ lowercase: true })(long)],
])(
  '%s takes a moment for 600,000 marks',
  async (_, work) => {
    const started = process.cpuUsage().user;
    await work();
    expect((process.cpuUsage().user - started) / 1000).toBeLessThan(4000);
  },
  20_000,
);
