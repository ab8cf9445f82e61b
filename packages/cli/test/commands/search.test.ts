import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadReranker } from '@secondpass/core/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchReport } from '../../src/search/report.ts';
import { runMain } from '../run.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secondpass-search-'));
  mkdirSync(join(folder, 'docs/empty'), { recursive: true });
  const filler = Array.from(
    { length: 30 },
    (_, n) =>
      `## Note ${n}\n\nThe queue of the bakery in street ${n} was long, and bread was made there ${'again and '.repeat(20)}again.\n`,
  );
  writeFileSync(
    join(folder, 'docs/guide.md'),
    `# Guide\n\n${filler.join('\n')}\n## Queue\n\nTo limit concurrency, set the option concurrency to the number of jobs that may run at once.\n`,
  );
  writeFileSync(
    join(folder, 'docs/bread.html'),
    '<html><head><title>Baking</title></head>\n<body><h1>Bread</h1>\n<p>Bread is baked from flour, water,\nsalt and yeast at 230 degrees.</p></body></html>',
  );
  writeFileSync(join(folder, 'docs/bad.txt'), new Uint8Array([0, 1, 2]));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const question = 'How do I limit the concurrency of jobs, and how is bread baked?';

interface Answer {
  readonly files: number;
  readonly passages: number;
  readonly remarks: readonly string[];
  readonly results: readonly SearchReport[];
}

describe('secondpass search', () => {
  it('--json: parts, both orders and the scores of the library, in one object and nothing else', async () => {
    const argv = ['search', 'docs', '--query', question, '--json', '--top', '4', '--depth', '20'];
    const { code, out, err } = await runMain(argv, { cwd: folder });
    expect([code, err]).toEqual([0, '']);
    const answer = JSON.parse(out) as Answer;
    expect(answer).toMatchObject({ files: 2, remarks: ['docs/bad.txt: binary'] });
    const [report] = answer.results;
    expect(report!.parts).toHaveLength(2);
    expect(report!.candidates).toBe(20);
    expect(report!.before.map(({ before }) => before)).toEqual([1, 2, 3, 4]);
    expect(report!.after!.map(({ after }) => after)).toEqual([1, 2, 3, 4]);
    // The evidence for both parts is in the pool, with the lines where it stands, and was found for its own part.
    const places = new Map(
      report!.before.map((passage) => [`${passage.file}:${passage.firstLine}-${passage.lastLine}`, passage]),
    );
    expect(places.get('docs/guide.md:123-125')!.retrieval.map(({ part }) => part)).toContain(1);
    expect(places.get('docs/bread.html:2-4')!.retrieval.map(({ part }) => part)).toContain(2);
    // Each part has its best evidence among the first places.
    const first = report!.after!.slice(0, 3).map(({ file, firstLine }) => `${file}:${firstLine}`);
    expect(first).toContain('docs/guide.md:123');
    // The reranker read the headings with the text and the first stage's score; its numbers are passed on as they are.
    await using model = await loadReranker();
    for (const { headings, text, scores, retrieval } of report!.after!) {
      const content = [...(headings.length > 0 ? [headings.join(' > ')] : []), text].join('\n');
      const first = retrieval.find(({ part }) => part === 0)?.score;
      const score = first === undefined ? {} : { score: { value: first, kind: 'retrieval', by: 'bm25' } as const };
      const { results } = await model.rerank(question, [{ id: 'x', content, ...score }]);
      expect(scores!.whole).toBeCloseTo(results[0]!.score!.value, 6);
      expect(scores!.parts).toHaveLength(2);
    }
  });

  it('shows parts, the order before and after, file:line, what ran and how long it took', async () => {
    const { code, out, err } = await runMain(['search', 'docs', '-q', question, '--top', '2'], { cwd: folder });
    expect(code).toBe(0);
    expect(err).toContain('docs/bad.txt: binary');
    expect(out).toMatch(/\d+ passages from 2 file\(s\), read and indexed in /);
    expect(out).toMatch(/Parts {5}1\. .*\n {10}2\. /);
    expect(out).toMatch(/Before reranking .* found by words in /);
    expect(out).toMatch(/After reranking {3}@secondpass\/model-mini-en\/default, int8, cpu: /);
    expect(out).toMatch(/docs\/guide\.md:123 {2}(▲ from \d+|▼ from \d+|= stays)/);
    // eslint-disable-next-line no-control-regex
    expect(out).not.toMatch(/\u001b/);
    expect(out.split('\n').every((line) => line.length <= 100)).toBe(true);
  });

  it('several questions share one reading, and a summary follows', async () => {
    const { out } = await runMain(
      ['search', 'docs', '-q', 'how is bread baked?', '-q', 'zebra xylophone', '--no-rerank'],
      { cwd: folder },
    );
    expect(out.match(/read and indexed/g)).toHaveLength(1);
    expect(out).toContain('none: it is searched as one question');
    expect(out).toContain('Nothing was found: no passage shares a word with the question.');
    expect(out).toContain('Summary');
    expect(out).not.toContain('After reranking');
  });

  it('--no-decompose leaves the question whole', async () => {
    const { out } = await runMain(['search', 'docs', '-q', question, '--no-rerank', '--no-decompose', '--json'], {
      cwd: folder,
    });
    expect((JSON.parse(out) as Answer).results[0]).toMatchObject({ parts: [] });
    expect((JSON.parse(out) as Answer).results[0]).not.toHaveProperty('after');
  });

  it('keeps escape sequences and bidirectional controls of documents from the terminal', async () => {
    writeFileSync(
      join(folder, 'evil.md'),
      '# Title \u001b]0;owned\u0007\n\nbread \u001b[31mred\u001b[0m \u202Ereversed\n',
    );
    const { out } = await runMain(['search', 'evil.md', '-q', 'bread', '--no-rerank'], {
      cwd: folder,
      isTTY: true,
      env: { NO_COLOR: '1' },
    });
    expect(out).toContain('evil.md:1');
    // eslint-disable-next-line no-control-regex
    expect(out).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  it.each<[string[], number, string]>([
    [['search', '-q', 'x'], 2, 'needs a folder'],
    [['search', 'docs'], 2, 'needs a question'],
    [['search', 'docs', '-q', ' '], 2, 'is empty'],
    [['search', 'docs', '-q', '\u200b'], 2, '--query is empty'],
    [['search', 'docs', '-q', 'x', '--depth', '0'], 2, 'at least 1'],
    [['search', 'docs', '-q', 'x', '--no-rernak'], 2, 'did you mean "--no-rerank"'],
    [['search', 'nowhere', '-q', 'x'], 1, 'no file or folder "nowhere"'],
    [['search', 'docs/empty', '-q', 'x'], 1, 'There is no text to search in'],
    [['search', 'docs/bad.txt', '-q', 'x'], 1, 'docs/bad.txt: binary'],
  ])('%j is an error in a sentence', async (argv, code, message) => {
    const outcome = await runMain(argv, { cwd: folder });
    expect(outcome).toMatchObject({ code, out: '' });
    expect(outcome.err).toContain(message);
    expect(outcome.err).not.toMatch(/\n\s+at /);
  });
});
