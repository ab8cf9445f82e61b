import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadReranker } from '@secondpass/core/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchReport } from '../../src/search/report.ts';
import { runMain } from '../run.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secondpass-explain-'));
  const sections = [
    ['Harbour', 'The harbour of Elmstad was built by Ida Brandt in 1871.'],
    ['Brandt', 'Ida Brandt, an engineer, was born in the village of Norvik.'],
    ['Bread', 'Bread is <script>alert(1)</script> baked from flour, water & yeast. <img src=x onerror=alert(2)>'],
    ['Weather', 'It often rains in Elmstad, and the harbour is cold.'],
  ];
  writeFileSync(
    join(folder, 'town.txt'),
    sections.map(([title, text]) => `${title}\n\n${text} ${'More of it follows here. '.repeat(30)}`).join('\n\n'),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const question = 'Where was the builder of the harbour of Elmstad born, and how is bread baked?';

describe('secondpass explain', () => {
  it('--json: parts, queries, and scores per part that are those of the model', async () => {
    const { code, out, err } = await runMain(['explain', question, 'town.txt', '--json', '--no-hops'], { cwd: folder });
    expect([code, err]).toEqual([0, '']);
    const report = JSON.parse(out) as SearchReport;
    expect(report.parts.length).toBeGreaterThanOrEqual(2);
    await using model = await loadReranker();
    const [first] = report.after!;
    const at = first!.scores!.parts.findIndex((value) => value !== null);
    // With the first-stage score that it had in the list of that part.
    const { score } = first!.retrieval.find(({ part }) => part === at + 1)!;
    const { value } = await model.scorer.score(report.parts[at]!, [
      {
        id: 'x',
        content: [...first!.headings, first!.text].join('\n'),
        score: { value: score!, kind: 'retrieval', by: 'bm25' },
      },
    ]);
    expect(first!.scores!.parts[at]).toBeCloseTo(value.scores[0]!, 6);
  });

  it('prints tables, and writes a page in which nothing of a document is markup', async () => {
    const { code, out } = await runMain(['explain', question, 'town.txt', '--html', 'page.html', '--top', '5'], {
      cwd: folder,
    });
    expect(code).toBe(0);
    for (const text of [
      'part 1',
      'Asked',
      'the question',
      'Pools',
      'Order',
      'whole',
      'town.txt:',
      'As a page: page.html',
    ])
      expect(out).toContain(text);
    const page = readFileSync(join(folder, 'page.html'), 'utf8');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toMatch(/<script|<img|https?:/);
    expect(page).toContain('<h2>Order</h2>');
  });

  it.each([
    ['town.txt', 'one of the files that are read'],
    ['none/page.html', 'its folder does not exist'],
    ['.', 'is a folder'],
  ])('refuses --html %s before anything is loaded, and touches nothing', async (html, message) => {
    const before = [readFileSync(join(folder, 'town.txt'), 'utf8'), readdirSync(folder)];
    const argv = ['explain', question, '.', '--html', html, '--model', './none'];
    const { code, out, err } = await runMain(argv, { cwd: folder });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect([readFileSync(join(folder, 'town.txt'), 'utf8'), readdirSync(folder)]).toEqual(before);
  });

  it.skipIf(!existsSync('/dev/full'))('prints all the same where the page cannot be written', async () => {
    symlinkSync('/dev/full', join(folder, 'full.html'));
    const argv = ['explain', question, 'town.txt', '--html', 'full.html', '--no-hops'];
    const { code, out, err } = await runMain(argv, { cwd: folder });
    expect(code).toBe(1);
    expect(err).toContain('Cannot write');
    expect(out).toContain('Order');
    expect(out).not.toContain('As a page');
  });

  it.each<[string[], string]>([
    [['explain'], 'needs a question and a folder'],
    [['explain', 'x'], 'needs a question and a folder'],
    [['explain', ' ', 'town.txt'], 'is empty'],
    [['explain', '\u200b', 'town.txt'], 'The question is empty'],
    [['explain', 'x', 'town.txt', '--hops'], 'did you mean'],
  ])('%j is wrong usage', async (argv, message) => {
    const outcome = await runMain(argv, { cwd: folder });
    expect(outcome).toMatchObject({ code: 2, out: '' });
    expect(outcome.err).toContain(message);
  });
});
