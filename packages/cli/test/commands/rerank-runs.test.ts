import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTrecRun, readRun } from '@secondpass/core/evaluate';
import { loadReranker } from '@secondpass/core/models';
import { describe, expect, it } from 'vitest';
import { runMain } from '../run.ts';
import { files, folder, lines, query, useRerankFolder } from './rerank-folder.ts';

useRerankFolder();

describe('secondpass rerank, runs', () => {
  it('writes every document of the run once, scored ones first, in an order that survives reading', async () => {
    const { code, out, err } = await runMain(['rerank', ...files('out.trec'), '--depth', '3'], { cwd: folder });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^out\.trec: 3 queries, 11 documents, 6 of them reranked in .*@secondpass\/model-mini-en\/default, int8, cpu/,
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
    [files('out.jsonl'), 'out.jsonl would be read again as JSON lines'],
    [files('out.JSONL.gz'), 'out.JSONL.gz would be read again as JSON lines'],
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

  it('writes a packed run where the name says so, which it reads again', async () => {
    await runMain(['rerank', ...files('plain.trec')], { cwd: folder });
    const { code } = await runMain(['rerank', ...files('packed.trec.gz')], { cwd: folder });
    expect(code).toBe(0);
    const { lists } = await readRun(join(folder, 'packed.trec.gz'));
    expect(lists).toEqual((await readRun(join(folder, 'plain.trec'))).lists);
  });

  it('takes a document that the run lists twice once, where it is told to, and says so', async () => {
    writeFileSync(join(folder, 'twice.trec'), 'q1 Q0 d0 1 9 x\nq1 Q0 d1 2 8 x\nq1 Q0 d0 3 7 x\n');
    const argv = ['rerank', ...files('once.trec').map((word) => (word === 'in.trec' ? 'twice.trec' : word))];
    const refused = await runMain(argv, { cwd: folder });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("keep-best'");
    const { code, err } = await runMain([...argv, '--duplicates', 'keep-best'], { cwd: folder });
    expect(code).toBe(0);
    expect(err).toContain('a document is listed more than once; its best score counts');
    const { lists } = parseTrecRun(readFileSync(join(folder, 'once.trec'), 'utf8'));
    expect(lists.get('q1')!.map(({ id }) => id)).toEqual(['d1', 'd0']);
    expect((await runMain([...argv, '--duplicates', 'keep'], { cwd: folder })).code).toBe(2);
  });

  it('leaves the old output alone until the new one is complete', async () => {
    writeFileSync(join(folder, 'old.trec'), 'old');
    const bad = ['--queries', 'q.jsonl', '--corpus', 'nowhere.jsonl', '--run', 'in.trec', '--output', 'old.trec'];
    expect((await runMain(['rerank', ...bad], { cwd: folder })).code).toBe(1);
    expect(readFileSync(join(folder, 'old.trec'), 'utf8')).toBe('old');
    expect((await runMain(['rerank', ...files('old.trec')], { cwd: folder })).code).toBe(0);
    expect(readFileSync(join(folder, 'old.trec'), 'utf8')).toContain('secondpass');
  });

  it('names a file that is not there before a model is loaded, which may have to be downloaded', async () => {
    const argv = [
      'rerank',
      '--queries',
      'q.jsonl',
      '--corpus',
      'nowhere.jsonl',
      '--run',
      'in.trec',
      '--output',
      'o.trec',
    ];
    const { code, err } = await runMain([...argv, '--model', './none'], { cwd: folder });
    expect(code).toBe(1);
    expect(err).toMatch(/^secondpass: Cannot read .*nowhere\.jsonl: ENOENT/);
  });

  it.each([
    ['no/folder.trec', 'its folder does not exist'],
    ['.', 'is a folder'],
  ])('refuses the output %s before anything is read or loaded', async (output, message) => {
    const argv = ['rerank', '--queries', 'q', '--corpus', 'c', '--run', 'r', '--output', output, '--model', './none'];
    const before = readdirSync(folder);
    const { code, out, err } = await runMain(argv, { cwd: folder });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(readdirSync(folder)).toEqual(before);
  });
});
