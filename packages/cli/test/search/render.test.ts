import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, shortenStart } from '../../src/print/layout.ts';
import { styleFor } from '../../src/print/style.ts';
import { explainAsHtml } from '../../src/search/explain-html.ts';
import { renderExplanation } from '../../src/search/explain-text.ts';
import { renderSearch, renderSummary } from '../../src/search/render.ts';
import type { SearchReport, ShownPassage } from '../../src/search/report.ts';

const folder = 'packages/one/that/has/a/very/long/way/down/to/the/documents/which/are/read/here/and/there/guides';
const passage = (number: number, whole: number, part: number | null): ShownPassage => ({
  file: `${folder}/elasticsearch-${number}.md`,
  firstLine: 60 + number,
  lastLine: 80,
  headings: [],
  text: 'Retries are counted.',
  before: number,
  after: number,
  scores: { whole, parts: [part, null] },
  retrieval: [
    { pool: 'bm25', part: 0, rank: number, score: 3 },
    { pool: 'bm25 #1', part: 1, rank: number, score: 3 },
    { pool: 'bm25 #2.1', part: 2, rank: number + 1, score: 3 },
    { pool: 'bm25 +2', part: null, rank: number + 2, score: 3 },
  ],
});
const reportOf = (passages: readonly ShownPassage[], more: Partial<SearchReport> = {}): SearchReport => ({
  question: 'How do I retry, and how do I cancel?',
  parts: ['How do I retry?', 'how do I cancel?'],
  candidates: passages.length,
  before: passages,
  after: passages,
  notes: [],
  runs: [],
  milliseconds: { retrieve: 1, rerank: 1, total: 2 },
  ...more,
});
const run = {
  by: 'a/b/default@1:int8',
  durationMs: 1,
  model: '@secondpass/model-mini-en',
  device: 'cpu',
  precision: 'int8',
};
const wideLines = (text: string): string[] => text.split('\n').filter((line) => columnsOf(line) > 80);
const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
const plain = styleFor(process.stdout, { NO_COLOR: '1' });
const style = { ...plain, width: 80 };
const falling = reportOf([passage(1, 0.9, 0.3), passage(2, 0.5, null), passage(3, 0.2, 0.1)]);
const rising = reportOf([passage(1, 0.2, 0.3), passage(2, 0.5, null)]);

describe('long paths', () => {
  it('keep their file and line, in every table', () => {
    for (const [text, times] of [
      [renderSearch(falling, style), 2],
      [renderExplanation(falling, style), 1],
    ] as const) {
      expect(wideLines(text)).toEqual([]);
      for (const line of ['elasticsearch-1.md:61', 'elasticsearch-2.md:62', 'elasticsearch-3.md:63'])
        expect(text.split(line).length - 1).toBeGreaterThanOrEqual(times);
    }
    expect(renderSearch(falling, style)).toContain('whole, part 1');
    expect(renderSummary([falling], style)).toContain('elasticsearch-1.md:61');
  });

  it('fit beside the numbers in a summary, and what ran fits, too', () => {
    const milliseconds = { retrieve: 123.4, rerank: 59_000, total: 125_000 };
    const many = Array.from({ length: 5 }, (_, at) => ({ ...passage(at + 1, 0.5, null), before: at + 20 }));
    const report = reportOf(many, { question: 'Why '.repeat(30), runs: [run], milliseconds });
    for (const text of [renderSearch(report, style), renderExplanation(report, style), renderSummary([report], style)])
      expect(wideLines(text)).toEqual([]);
    expect(renderSummary([report], style)).toMatch(/Why Why.* 20, 21, 22, 23, 24 .*2 min 5 s/);
    const wide = renderSummary([report], { ...style, width: 110 });
    expect(Math.max(...wide.split('\n').map(columnsOf))).toBeLessThanOrEqual(110);
    expect(wide).toMatch(/2 min 5 s +2 +5 +123 ms +59\.0 s/);
  });

  it('are cut at the start: what is left is the end of them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 2, max: 50 }), (text, columns) => {
        const shown = shortenStart(text, columns);
        expect(columnsOf(shown)).toBeLessThanOrEqual(columns);
        expect(text.endsWith(shown.replace(/^…/, ''))).toBe(true);
        expect(shown === text).toBe(columnsOf(text) <= columns);
      }),
    );
    expect(shortenStart('docs/guides/elasticsearch.md:69', 22)).toBe('…/elasticsearch.md:69');
  });
});

describe('the order after reranking', () => {
  it('is explained where the numbers rise, and only there', () => {
    expect(renderSearch(falling, style)).not.toContain('Not in the order');
    expect(oneLine(renderSearch(rising, style))).toContain('the best evidence for each part comes first');
    const passages = [passage(1, 0.2, null), passage(2, 0.5, null)];
    const whole = oneLine(renderSearch(reportOf(passages, { parts: [] }), style));
    expect(whole).not.toContain('each part');
    expect(whole).toContain('the place in the first search counts');
  });
});

const explained = reportOf([passage(1, 0.9, 0.3), passage(2, 0.5, 0.7)], {
  hops: [{ query: 'How do I retry?', found: 2, because: 'a sentence' }],
});

describe('an explanation', () => {
  it('marks the highest score of a row without colours', () => {
    expect(renderExplanation(explained, style)).toMatch(/0\.90\* .*elasticsearch-1/);
    expect(renderExplanation(explained, style)).toMatch(/0\.70\* .*elasticsearch-2/);
    expect(explainAsHtml(explained)).toContain('0.90*');
  });

  it.each([
    ['text', renderExplanation(explained, { ...style, width: 120 })],
    ['page', explainAsHtml(explained)],
  ])('says in the %s what every column and pool means', (_, shown) => {
    expect(shown).not.toMatch(/\bthen, guess\b|\bfused\b/);
    const text = oneLine(shown.replace(/<[^>]+>/g, ' '));
    for (const meaning of [
      'part 2, guess 1',
      'follow-up 2',
      'was the first to find',
      'the place before reranking',
      'asked again with a name found in the best passages',
      'the highest score of the row',
      'not found for this part, so not read beside it',
      'how early a passage stood in the list of a part counts, too',
    ])
      expect(text).toContain(meaning);
  });

  it('says that no rule took the question apart, not that it asks one thing', () => {
    const whole = reportOf([passage(1, 0.9, null)], { parts: [] });
    for (const text of [renderExplanation(whole, style), explainAsHtml(whole)]) {
      expect(text).toContain('No rule takes it apart; it is searched as one.');
      expect(text).not.toContain('one thing');
    }
  });

  it('is a page whose tables can be read aloud, in light and dark', () => {
    const page = explainAsHtml(explained);
    expect(page).toContain('color-scheme:light dark');
    const tables = [...page.matchAll(/<table>[\s\S]*?<\/table>/g)].map(([table]) => table);
    expect(tables).toHaveLength(3);
    for (const table of tables)
      expect(table).toMatch(/^<table>\s*<caption>[^<]+<\/caption>\s*<thead><tr><th scope="col"/);
    expect(page).not.toContain('<th>');
  });

  it('says so where a question holds nothing to search for', () => {
    const nothing = reportOf([], { question: 'Where were you then?', parts: [] });
    for (const text of [renderSearch(nothing, style), renderExplanation(nothing, style), explainAsHtml(nothing)])
      expect(oneLine(text)).toContain('The question holds only very common words');
    const other = reportOf([], { question: 'zebra?', parts: [] });
    for (const text of [renderSearch(other, style), renderExplanation(other, style), explainAsHtml(other)])
      expect(text).toContain('no passage shares a word with the question');
    for (const text of [renderExplanation(other, style), explainAsHtml(other)]) {
      expect(text).toContain('Looked for in 1 ms.');
      expect(text).not.toMatch(/reranked|no model/);
    }
  });
});
