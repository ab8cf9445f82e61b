import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/read/read-passages.ts';
import { split } from '../../src/read/split.ts';
import { countWords } from '../../src/read/units.ts';

const bare = (text: string): string => text.replace(/\s+/gu, '');
const lineEnd = /\r\n|\n|\r/;

// Words of every kind: plain, punctuated, far too long, ideographs, emoji, lone surrogates.
const anyWord = fc.oneof(
  { weight: 8, arbitrary: fc.stringMatching(/^[a-z]{1,9}[.,!?:]?$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^[A-Z]{30,900}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '漢字仮名',
      '한국어',
      '👩‍🚀',
      'é',
      '\ud800',
      'a\udc00b',
      '3.14',
      'e.g.',
      'Dr.',
      '-',
      '1.',
      '*',
      '#',
    ),
  },
);
const anyLine = fc.array(anyWord, { maxLength: 30 }).map((words) => words.join(' '));
const anyText = fc.array(anyLine, { maxLength: 40 });

describe('split', () => {
  it('loses nothing of a plain text, and keeps its order', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 60 }), (lines, words) => {
        const text = lines.join('\n');
        const passages = split(parseDocument('a.txt', text), words);
        expect(bare(passages.map((passage) => passage.text).join(''))).toBe(bare(text));
      }),
    );
  });

  it('gives passages of at most the size asked for', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 60 }), (lines, words) => {
        for (const passage of split(parseDocument('a.txt', lines.join('\n')), words)) {
          expect(countWords(passage.text)).toBeLessThanOrEqual(words);
          expect(passage.text.trim()).not.toBe('');
        }
      }),
    );
  });

  it('says the lines that a passage covers: first and last word stand there, and nothing comes from elsewhere', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 60 }), (lines, words) => {
        let from = 0;
        for (const { text, firstLine, lastLine } of split(parseDocument('a.txt', lines.join('\n')), words)) {
          const covered = lines.slice(firstLine - 1, lastLine);
          expect(bare(covered.join('\n'))).toContain(bare(text));
          expect(bare(lines[firstLine - 1]!)).not.toBe('');
          expect(bare(lines[lastLine - 1]!)).not.toBe('');
          // No line more than is needed: without its first or last line the passage would not be whole.
          for (const fewer of lastLine > firstLine ? [covered.slice(0, -1), covered.slice(1)] : []) {
            expect(bare(fewer.join('\n'))).not.toContain(bare(text));
          }
          expect(firstLine).toBeGreaterThanOrEqual(from);
          from = firstLine;
        }
      }),
    );
  });

  it('does not care for the kind of line ends, nor for the one at the very end', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('a.txt', 'a.md', 'a.html'), (lines, name) => {
        const expected = split(parseDocument(name, lines.join('\n')));
        expect(split(parseDocument(name, lines.join('\r\n')))).toEqual(expected);
        expect(split(parseDocument(name, `${lines.join('\n')}\n`))).toEqual(expected);
      }),
    );
  });

  it('keeps a code block whole where it fits, and cuts prose between sentences', () => {
    const code = Array.from({ length: 12 }, (_, index) => `const value${index} = ${index};`).join('\n');
    const prose = 'This is one sentence of eight words only. '.repeat(20).trim();
    const passages = split(parseDocument('a.md', `${prose}\n\n\`\`\`js\n${code}\n\`\`\`\n\n${prose}`), 100);
    expect(passages.filter(({ text }) => text.includes(code))).toHaveLength(1);
    for (const { text } of passages) expect(text.endsWith('.') || text.endsWith(';')).toBe(true);
  });

  it('gives the headings above a passage, outermost first, and does not repeat them in it', () => {
    const body = 'word '.repeat(60).trim();
    const text = `# Guide\n\n${body}\n\n## Install\n\n${body}\n\n### Windows\n\n${body}\n\n## Use\n\n${body}`;
    const passages = split(parseDocument('a.md', text));
    expect(passages.map(({ headings, firstLine }) => [firstLine, ...headings])).toEqual([
      [1],
      [5, 'Guide'],
      [9, 'Guide', 'Install'],
      [13, 'Guide'],
    ]);
    expect(passages[2]!.text.split(lineEnd)[0]).toBe('Windows');
  });

  it('keeps a heading with the first words below it', () => {
    const text = '# One\n## Two\n### Three\nthe words below\n## Four';
    expect(split(parseDocument('a.md', text)).map(({ text }) => text)).toEqual([
      'One\n\nTwo\n\nThree\n\nthe words below\n\nFour',
    ]);
  });

  it.each([
    ['a.md', '# ', ''],
    ['a.md', '---\ntitle: ', '\n---'],
    ['a.html', '<title>', '</title>'],
    ['a.html', '<h1>', '</h1>'],
  ])('repeats no more than a line of a heading above each passage: %s, %j', (name, before, after) => {
    const heading = 'apple pie '.repeat(1000).trim();
    const body = 'These are words to read. '.repeat(2000);
    const passages = split(parseDocument(name, `${before}${heading}${after}\n\n${body}`));
    const above = passages.flatMap(({ headings }) => headings);
    expect(above.length).toBeGreaterThan(50);
    for (const text of above) expect(text).toMatch(/^(?:apple pie )+apple(?: pie)?…$/);
    expect(Math.max(...above.map(({ length }) => length))).toBeLessThanOrEqual(300);
    expect(bare(passages.map(({ text }) => text).join(''))).toContain(bare(body));
  });

  it.each([
    ['without spaces or sentence ends', 'x', 'a.txt'],
    ['of short sentences', 'It is so. ', 'a.txt'],
    ['of list items', '- it is so\n', 'a.md'],
    ['of HTML list items', '<li>it', 'a.html'],
    ['of words without an end', 'word ', 'a.md'],
  ])(
    'takes the time of its length: half a megabyte %s',
    (_what, piece, name) => {
      const text = piece.repeat(Math.ceil((1 << 19) / piece.length));
      const passages = split(parseDocument(name, text));
      const seen = bare(passages.map((passage) => passage.text).join(''));
      expect(seen).toBe(bare(text.replaceAll('<li>', '')));
      for (const passage of passages) expect(countWords(passage.text)).toBeLessThanOrEqual(170);
    },
    30_000,
  );
});
