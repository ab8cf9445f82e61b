import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, duration, shorten, shortenPath, table, wrap } from '../../src/print/layout.ts';
import { progress } from '../../src/print/progress.ts';
import { excerpt, termsOf } from '../../src/search/excerpt.ts';
import { indexTerm } from '../../src/search/index-term.ts';

describe('indexTerm', () => {
  it.each([
    ['Queries', 'query'],
    ['boxes', 'boxe'],
    ['promises', 'promise'],
    ['class', 'class'],
    ['status', 'status'],
    ['timeouts', 'timeout'],
    ['npm', 'npm'],
    ['the', null],
    ['bus', 'bus'],
  ])('%s is %s', (term, indexed) => {
    expect(indexTerm(term)).toBe(indexed);
  });
});

describe('excerpt', () => {
  it('shows the stretch with most terms of the question, from inside a long text', () => {
    const text = `${'Nothing of note stands here. '.repeat(20)}Set concurrency to four to limit the jobs. ${'And more. '.repeat(40)}`;
    const shown = excerpt(text, termsOf('how do I limit concurrency?'), 120);
    expect(shown).toMatch(/^…(Nothing of note stands here\. )*Set concurrency to four/);
    expect(excerpt('a short text', termsOf('x'), 100)).toBe('a short text');
  });

  it('is always a stretch of the text', () => {
    fc.assert(
      fc.property(
        fc.lorem({ maxCount: 200 }),
        fc.lorem({ maxCount: 3 }),
        fc.integer({ min: 20, max: 200 }),
        (text, question, length) => {
          const shown = excerpt(text, termsOf(question), length);
          expect(text).toContain(shown.replace(/^…/, ''));
        },
      ),
    );
  });
});

describe('layout', () => {
  it('never goes beyond the columns it is given', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        fc.integer({ min: 2, max: 80 }),
        fc.integer({ min: 1, max: 4 }),
        (text, columns, most) => {
          const lines = wrap(text, columns, most);
          expect(lines.length).toBeLessThanOrEqual(most);
          for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
          expect(columnsOf(shorten(text, columns))).toBeLessThanOrEqual(Math.max(columns, 1));
        },
      ),
    );
  });

  it('shortens a path in its middle', () => {
    const path = ['Guide', 'Use', 'Options', 'Deep'];
    expect(shortenPath(path, 30)).toBe('Guide › Use › Options › Deep');
    expect(shortenPath(path, 26)).toBe('Guide › … › Options › Deep');
    expect(shortenPath(path, 25)).toBe('Guide › … › Deep');
    expect(shortenPath(path, 5)).toBe('Deep');
    expect(shortenPath(path, 3)).toBe('De…');
    expect(shortenPath([], 3)).toBe('');
  });

  it('sets columns under each other, wide characters counted as two', () => {
    expect(
      table(
        [
          ['#', 'name'],
          ['10', '漢字'],
        ],
        { right: [0] },
      ),
    ).toBe(' #  name\n10  漢字');
    expect(columnsOf('漢字 👩‍🚀 e\u0301')).toBe(9);
  });

  it.each([
    [0.2, '<1 ms'],
    [12.4, '12 ms'],
    [1500, '1.5 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min 0 s'],
    [125_000, '2 min 5 s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

const watch = (isTTY: boolean, quiet: boolean): string => {
  let shown = '';
  const stderr = Object.assign(Object.create(process.stderr) as NodeJS.WriteStream, {
    isTTY,
    columns: 80,
    write: (text: string) => (shown += text) !== '',
  });
  const bar = progress(
    'Working',
    { stdin: process.stdin, stdout: process.stdout, stderr, env: {}, cwd: '.' },
    { quiet },
  );
  bar.update(5, 10);
  bar.update(6, 10);
  bar.end();
  return shown;
};

describe('progress', () => {
  it('draws a bar on a terminal and takes it away; elsewhere it is silent at first, with --json always', () => {
    expect(watch(true, true)).toMatch(/^\r.*Working █+░+ 5\/10, about .* left\r.\[2K$/);
    expect(watch(false, false)).toBe('');
    expect(watch(false, true)).toBe('');
  });
});
