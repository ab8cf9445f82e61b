import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitPassages } from '../../src/score/split-passages.ts';
import { wordCount } from './word-count.ts';

const text = fc.array(
  fc.constantFrom('Alpha', 'beta', 'gamma.', 'Delta!', 'end?', ' ', '\n\n', '検索。', 'ไทย', '😀', '"x"', '- '),
  { maxLength: 60 },
);
const sizes = fc
  .record({ size: fc.integer({ min: 1, max: 12 }), overlap: fc.integer({ min: 0, max: 11 }) })
  .filter(({ size, overlap }) => overlap < size);

describe('splitting', () => {
  it('loses no visible character, keeps to the size and moves forward', () => {
    fc.assert(
      fc.property(text, sizes, (words, options) => {
        const whole = words.join(' ');
        const spans = whole.trim() === '' ? [] : splitPassages(whole, options);
        const covered = new Set(
          spans.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)),
        );
        const lost =
          [...whole].length === 0 ? [] : [...whole.matchAll(/\S/g)].filter(({ index }) => !covered.has(index));
        const tooLong = spans.filter(({ start, end }) => wordCount(whole.slice(start, end)) > options.size);
        const backward = spans.filter(
          (span, i) => i > 0 && !(span.start > spans[i - 1]!.start && span.end > spans[i - 1]!.end),
        );
        expect({ lost, tooLong, backward }).toEqual({ lost: [], tooLong: [], backward: [] });
      }),
    );
  });

  it('begins and ends passages with sentences, and repeats whole sentences as overlap', () => {
    const whole = 'One two three. Four five six. Seven eight nine. Ten eleven twelve.';
    const read = (overlap: number): string[] =>
      splitPassages(whole, { size: 6, overlap }).map(({ start, end }) => whole.slice(start, end));
    expect(read(0)).toEqual(['One two three. Four five six.', 'Seven eight nine. Ten eleven twelve.']);
    expect(read(3)).toEqual([
      'One two three. Four five six.',
      'Four five six. Seven eight nine.',
      'Seven eight nine. Ten eleven twelve.',
    ]);
    expect(read(2)).toEqual(read(0));
  });

  const long = fc.array(
    fc.constantFrom('river', 'international', 'Fish', 'etc.', 'ended.', 'Why?', 'a', '3.5', 'Mr.', '\u{1f600}', 'naïve', '(so)', '\n\n'), // prettier-ignore
    { minLength: 600, maxLength: 900 },
  );
  it('cuts no word of a long text', () => {
    fc.assert(
      fc.property(long, fc.integer({ min: 1, max: 250 }), (words, size) => {
        const whole = words.join(' ');
        const spans = splitPassages(whole, { size, overlap: 0 });
        const cut = spans.filter(({ start, end }) => /\S\S/.test(whole.slice(start - 1, start + 1)) || /\S\S/.test(whole.slice(end - 1, end + 1))); // prettier-ignore
        expect(cut.map(({ start, end }) => whole.slice(start, end))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('begins and ends the passages of a long text with sentences, where these are not longer than a passage', () => {
    const sentence = fc.array(fc.constantFrom('river', 'international', 'fish', '3.5', 'naïve', '(so)'), { minLength: 1, maxLength: 20 }).map((words) => `The ${words.join(' ')}.`); // prettier-ignore
    fc.assert(
      fc.property(
        fc.array(sentence, { minLength: 60, maxLength: 120 }),
        fc.integer({ min: 21, max: 200 }),
        (all, size) => {
          const whole = all.join(' ');
          const spans = splitPassages(whole, { size, overlap: 0 });
          const texts = spans.map(({ start, end }) => whole.slice(start, end));
          expect(texts.filter((passage) => !/^The .*\.$/.test(passage))).toEqual([]);
          expect(texts.join(' ')).toBe(whole);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('cuts a word without end, yet not within a character', () => {
    const whole = `a${'\u{1f600}'.repeat(5_000)}`;
    const spans = splitPassages(whole, { size: 1, overlap: 0 });
    expect(spans.length).toBeGreaterThan(1);
    expect(spans.every(({ start, end }) => whole.slice(start, end).isWellFormed())).toBe(true);
    expect(spans.map(({ start, end }) => whole.slice(start, end)).join('')).toBe(whole);
  });

  it('reads a million characters without a full stop', () => {
    const spans = splitPassages('word '.repeat(200_000), { size: 200, overlap: 40 });
    expect(spans.length).toBeGreaterThanOrEqual(1000);
    expect(splitPassages('', { size: 5, overlap: 0 })).toEqual([]);
    expect(splitPassages(' \n', { size: 5, overlap: 0 })).toEqual([{ start: 0, end: 2 }]);
  });
});
