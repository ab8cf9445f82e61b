import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTrecRun } from '@secondpass/core/evaluate';
import { loadReranker } from '@secondpass/core/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMain } from '../run.ts';

const query = 'what is the capital of France?';
const lines = [
  'Berlin is the capital of Germany.',
  'Paris is the capital of France.',
  'The Louvre is a museum.',
  'Bread is made from flour.',
];

const jsonl = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const files = (output: string): string[] => [
  '--queries',
  'q.jsonl',
  '--corpus',
  'c.jsonl',
  '--run',
  'in.trec',
  '--output',
  output,
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secondpass-rerank-'));
  writeFileSync(
    join(folder, 'q.jsonl'),
    jsonl([
      { _id: 'q1', text: query },
      { _id: 'q2', text: 'how is bread made?' },
      { _id: 'unused', text: 'x' },
    ]),
  );
  writeFileSync(
    join(folder, 'c.jsonl'),
    jsonl([
      ...lines.map((text, index) => ({ _id: `d${index}`, title: '', text })),
      { _id: 'd4', title: 'Paris', text: '' },
    ]),
  );
  const run = ['d0', 'd1', 'd2', 'd3', 'd4', 'gone'].flatMap((id, index) => [
    `q1 Q0 ${id} ${index + 1} ${10 - index} bm25`,
  ]);
  const second = ['d2', 'd3', 'd1'].map((id, index) => `q2 Q0 ${id} ${index + 1} ${3 - index / 10} bm25`);
  writeFileSync(
    join(folder, 'in.trec'),
    [...run, ...second, ...['d1', 'd0'].map((id, index) => `q3 Q0 ${id} ${index + 1} ${9 - index} bm25`)].join('\n'),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('secondpass rerank, lines', () => {
  it('prints every line once, best first, with the scores that the library gives', async () => {
    const { code, out, err } = await runMain(['rerank', '--query', query], { input: lines.join('\r\n') });
    expect([code, err]).toEqual([0, '']);
    const rows = out
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t'));
    await using model = await loadReranker();
    const { results } = await model.rerank(
      query,
      lines.map((content, index) => ({ id: String(index), content })),
    );
    expect(rows).toEqual(results.map(({ candidate, score }) => [score!.value.toFixed(4), candidate.content]));
    expect(rows[0]![1]).toBe(lines[1]);
  });

  it('gives JSON lines back character by character, in order, with one field added', async () => {
    const records = [
      '{"id":"a","text":"Berlin is the capital of Germany.","big":12345678901234567890,"nested":{"x":[1,2]}}',
      '{"text": "Paris is the capital of France.", "id": 7, "title": "France", "\\u0061": 1.0 }',
      '{"contents":"The Louvre is a museum."}',
    ];
    const { code, out } = await runMain(['rerank', '-q', query], { input: `\uFEFF${records.join('\n\n')}\n` });
    expect(code).toBe(0);
    const first = out.split('\n')[0]!;
    expect(first.startsWith(`${records[1]!.slice(0, -2)},"_secondpass":{"rank":1,"originalRank":2,"score":`)).toBe(
      true,
    );
    expect(out).toContain('"big":12345678901234567890,"nested":{"x":[1,2]},"_secondpass"');
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as Record<string, { rank: number }>)['_secondpass']!.rank),
    ).toEqual([1, 2, 3]);
  });

  it('--json prints one object and nothing else; --top keeps the best', async () => {
    const { code, out, err } = await runMain(['rerank', '-q', query, '--json', '--top', '2'], {
      input: lines.join('\n'),
    });
    expect([code, err]).toEqual([0, '']);
    const answer = JSON.parse(out) as {
      query: string;
      results: { id: string; rank: number; originalRank: number; score: number; text: string }[];
      runs: { device: string }[];
    };
    expect(answer.query).toBe(query);
    expect(answer.results).toHaveLength(2);
    expect(answer.results[0]).toMatchObject({ id: '2', rank: 1, originalRank: 2, text: lines[1] });
    expect(answer.results[0]!.score).toBeGreaterThan(answer.results[1]!.score);
    expect(answer.runs[0]).toMatchObject({ device: 'cpu', model: '@secondpass/model-mini-en' });
  });

  it('an empty input gives nothing, and says so', async () => {
    const { code, out, err } = await runMain(['rerank', '-q', query], { input: '\n \n' });
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain('no lines');
  });

  it.each<[string[], string, number, string]>([
    [['rerank'], '', 2, 'needs --query'],
    [['rerank', '-q', ' '], 'x', 2, 'is empty'],
    [['rerank', '-q', 'x', 'file.txt'], '', 2, '< file.txt'],
    [['rerank', '-q', 'x', '--depth', '3'], 'x', 2, '--queries and --corpus and --run and --output'],
    [['rerank', '-q', 'x', '--top', 'all'], 'x', 2, 'whole number'],
    [['rerank', '-q', 'x', '--format', 'csv'], 'x', 2, 'lines or jsonl'],
    [['rerank', '-q', 'x'], '{"text":"a"}\nplain', 1, 'Line 2 of the input is not a JSON object'],
    [['rerank', '-q', 'x'], '{"text":"a"}\n{"id":1}', 1, 'Line 2 of the input has no "text"'],
    [['rerank', '-q', 'x', '--model', './nowhere'], 'x', 1, 'does not exist'],
    [['rerank', '-q', 'x', '--model', 'no-such-package'], 'x', 1, 'no-such-package'],
  ])('%j is an error in a sentence, without a stack', async (argv, input, code, message) => {
    const outcome = await runMain(argv, { input });
    expect(outcome).toMatchObject({ code, out: '' });
    expect(outcome.err).toContain(message);
    expect(outcome.err).toMatch(/^secondpass: /);
    expect(outcome.err).not.toMatch(/\n\s+at /);
  });

  it('reads lines that look like JSON as text when told to', async () => {
    const { out } = await runMain(['rerank', '-q', 'x', '--format', 'lines'], { input: '{"no": "text"}' });
    expect(out.split('\t')[1]).toBe('{"no": "text"}\n');
  });

  it('keeps escape sequences of the input from a terminal, and passes them on into a pipe', async () => {
    const input = 'red \u001b[31mtext';
    expect((await runMain(['rerank', '-q', 'red'], { input, isTTY: true, env: { NO_COLOR: '1' } })).out).not.toContain(
      '\u001b[31m',
    );
    expect((await runMain(['rerank', '-q', 'red'], { input })).out).toContain(input);
  });
});

describe('secondpass rerank, runs', () => {
  it('writes every document of the run once, scored ones first, in an order that survives reading', async () => {
    const { code, out, err } = await runMain(['rerank', ...files('out.trec'), '--depth', '3'], { cwd: folder });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^out\.trec: 3 queries, 11 documents, 6 of them reranked in .*@secondpass\/model-mini-en, int8, cpu/,
    );
    expect(err).toContain('1 query(ies) of the run are not in the file of queries');
    const text = readFileSync(join(folder, 'out.trec'), 'utf8');
    const { lists } = parseTrecRun(text);
    expect([...lists.keys()]).toEqual(['q1', 'q2', 'q3']);
    expect(lists.get('q1')!.map(({ id }) => id)).toEqual(['d1', 'd0', 'd2', 'd3', 'd4', 'gone']);
    expect(lists.get('q2')![0]!.id).toBe('d3');
    expect(lists.get('q3')!.map(({ id }) => id)).toEqual(['d1', 'd0']);
    // As written, not only as read back: ranks from 1, scores never rising.
    for (const query of ['q1', 'q2', 'q3']) {
      const rows = text
        .split('\n')
        .filter((line) => line.startsWith(`${query} `))
        .map((line) => line.split(' '));
      expect(rows.map((row) => Number(row[3]))).toEqual(rows.map((_, index) => index + 1));
      const scores = rows.map((row) => Number(row[4]));
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    }
  });

  it('writes the logits of the library without loss', async () => {
    await runMain(['rerank', ...files('all.trec')], { cwd: folder });
    const { lists } = parseTrecRun(readFileSync(join(folder, 'all.trec'), 'utf8'));
    await using model = await loadReranker(undefined, { kind: 'logit' });
    const first = parseTrecRun(readFileSync(join(folder, 'in.trec'), 'utf8')).lists.get('q1')!;
    const candidates = [...lines, 'Paris'].map((content, index) => {
      const value = first.find(({ id }) => id === `d${index}`)!.score!;
      return { id: `d${index}`, content, score: { value, kind: 'retrieval', by: 'run' } as const };
    });
    const { results } = await model.rerank(query, candidates);
    expect(lists.get('q1')!.slice(0, 5)).toEqual(
      results.map(({ candidate, score }) => ({ id: candidate.id, score: score!.value })),
    );
  });

  it('says what is missing: --json has it all in one object', async () => {
    const { code, out } = await runMain(['rerank', ...files('json.trec'), '--json'], { cwd: folder });
    expect(code).toBe(0);
    const report = JSON.parse(out) as {
      queries: number;
      candidates: number;
      scored: number;
      notes: { code: string; ids: string[] }[];
      output: string;
    };
    expect(report).toMatchObject({ queries: 3, candidates: 11, scored: 8, output: join(folder, 'json.trec') });
    expect(report.notes.map(({ code, ids }) => [code, ids])).toEqual([
      ['unknown-query', ['q3']],
      ['unknown-document', ['gone']],
    ]);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['a run with a broken line', { run: 'q1 Q0 d1 1 5 t\nq1 Q0 d2 2 high t\n' }, 1, 'run:2'],
    ['a run with NaN', { run: 'q1 Q0 d1 1 NaN t\n' }, 1, 'finite'],
    ['a document twice', { run: 'q1 Q0 d1 1 5 t\nq1 Q0 d1 2 4 t\n' }, 1, 'twice'],
    ['an empty run', { run: '\n' }, 1, 'is empty'],
    ['a run of other queries', { run: 'zz Q0 d1 1 5 t\n' }, 1, 'Do these files belong together?'],
    ['a corpus of other documents', { corpus: '{"_id":"zz","text":"x"}\n' }, 1, 'Do these files belong together?'],
    ['a corpus that is not JSON', { corpus: 'd1\tParis\n' }, 1, 'corpus:1'],
    ['a query without text', { queries: '{"_id":"q1","text":" "}\n' }, 1, 'queries:1'],
  ])('%s ends with file and line, and no output file', async (_name, content, code, message) => {
    const fresh = mkdtempSync(join(folder, 'bad-'));
    const good = { queries: 'q.jsonl', corpus: 'c.jsonl', run: 'in.trec' };
    for (const [name, from] of Object.entries(good))
      writeFileSync(join(fresh, name), content[name] ?? readFileSync(join(folder, from)));
    const before = readdirSync(fresh);
    const outcome = await runMain(
      ['rerank', '--queries', 'queries', '--corpus', 'corpus', '--run', 'run', '--output', 'out'],
      { cwd: fresh },
    );
    expect(outcome).toMatchObject({ code, out: '' });
    expect(outcome.err).toContain(message);
    expect(readdirSync(fresh)).toEqual(before);
  });

  it.each<[string[], string]>([
    [['--run', 'in.trec', '--output', 'o'], '--queries and --corpus must be given too'],
    [
      ['--queries', 'q.jsonl', '--corpus', 'c.jsonl', '--run', 'in.trec', '--output', './in.trec'],
      'one of the files that are read',
    ],
    [['--queries', 'q', '--corpus', 'c', '--run', 'r', '--output', 'o', '--top', '3'], '--top is for lines'],
  ])('%j is wrong usage', async (argv, message) => {
    const digest = createHash('sha256')
      .update(readFileSync(join(folder, 'in.trec')))
      .digest('hex');
    const outcome = await runMain(['rerank', ...argv], { cwd: folder });
    expect(outcome.code).toBe(2);
    expect(outcome.err).toContain(message);
    expect(
      createHash('sha256')
        .update(readFileSync(join(folder, 'in.trec')))
        .digest('hex'),
    ).toBe(digest);
  });

  it('leaves the old output alone until the new one is complete', async () => {
    writeFileSync(join(folder, 'old.trec'), 'old');
    const bad = ['--queries', 'q.jsonl', '--corpus', 'nowhere.jsonl', '--run', 'in.trec', '--output', 'old.trec'];
    expect((await runMain(['rerank', ...bad], { cwd: folder })).code).toBe(1);
    expect(readFileSync(join(folder, 'old.trec'), 'utf8')).toBe('old');
    expect((await runMain(['rerank', ...files('old.trec')], { cwd: folder })).code).toBe(0);
    expect(readFileSync(join(folder, 'old.trec'), 'utf8')).toContain('secondpass');
    expect((await runMain(['rerank', ...files('no/folder.trec')], { cwd: folder })).err).toContain(
      'its folder does not exist',
    );
  });
});
