import fc from 'fast-check';
import { expect, it } from 'vitest';
import { graphemes } from '../../../src/models/tokenize/graphemes.ts';

const whole = new Intl.Segmenter('und', { granularity: 'grapheme' });
const piece = fc.constantFrom('a', '\r\n', '\r', '\n', 'e\u0301', '\u0301', '\u{1d165}', '\u{1f469}\u200d\u{1f467}', '\u200d', '\u{1f1e6}', '각', '\u1100', '\u1161', 'क्षि', '\ud83d', '\udc69', '\u3000', '🏽'); // prettier-ignore
const repeated = fc.tuple(piece, fc.integer({ min: 1, max: 300 })).map(([text, times]) => text.repeat(times));

it('are those of the whole text, wherever a stretch of it ends', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, repeated), { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      expect([...graphemes(text)]).toEqual(Array.from(whole.segment(text), ({ segment }) => segment));
    }),
    { numRuns: 300, examples: [[['a'.repeat(255), '\ud83d', '🏽']]] },
  );
});

it('take time that grows with the text, also where one cluster is all of it', () => {
  for (const text of ['é'.repeat(200_000), '\u0301'.repeat(200_000), '\n'.repeat(200_000)]) {
    const started = process.cpuUsage().user;
    let count = 0;
    for (const cluster of graphemes(text)) count += cluster.length;
    expect(count).toBe(text.length);
    expect((process.cpuUsage().user - started) / 1000).toBeLessThan(2000);
  }
});
