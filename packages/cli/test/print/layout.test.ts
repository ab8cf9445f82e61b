import { describe, expect, it } from 'vitest';
import { columnsOf, shorten, shortenPath, shortenStart, table, wrap } from '../../src/print/layout.ts';

describe('texts are laid out by the columns they take', () => {
  it('counts wide characters twice, marks and colours not at all', () => {
    expect(columnsOf('a漢\u001b[1mé\u001b[22m👩‍🚀e\u0301')).toBe(7);
    expect(columnsOf('漢'.repeat(5000))).toBe(10_000);
  });

  it('cuts what is too long, at the end, at the start, or among the headings', () => {
    expect(shorten('abcdef', 6)).toBe('abcdef');
    expect(shorten('abcdefg', 6)).toBe('abcde…');
    expect(shorten('漢字仮名', 6)).toBe('漢字…');
    expect(shortenStart('docs/guide/use.md:12', 12)).toBe('…/use.md:12');
    expect(shortenPath(['Guide', 'Use', 'More', 'Options'], 19)).toBe('Guide › … › Options');
    expect(shortenPath(['Guide', 'Use', 'Options'], 18)).toBe('Options');
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('one two three four', 7, 2)).toEqual(['one two', 'three…']);
  });

  const long = 50_000;
  it.each(['a', '漢', 'e\u0301', '\u0301', '🇦', '👩‍', '\ud800', ' a'])(
    'takes a moment for %j without an end',
    (piece) => {
      const text = piece.repeat(long / piece.length);
      const started = process.cpuUsage().user;
      const lines = [
        shorten(text, 80),
        shortenStart(text, 80),
        shortenPath([text, 'b', text], 80),
        ...wrap(`${text} ${text}`, 80, 2),
      ];
      for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(80);
      expect(table([['a', text]])).toContain(text.trimEnd());
      expect((process.cpuUsage().user - started) / 1000).toBeLessThan(3000);
    },
    60_000,
  );
});
