import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { evaluate, readMeasures } from '../../src/commands/evaluate.ts';
import { nameRuns } from '../../src/evaluate/name-runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'secondpass-evaluate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);

const queries = Array.from({ length: 20 }, (_, i) => `q${i}`);
put('qrels.tsv', `query-id\tcorpus-id\tscore\n${queries.map((query) => `${query}\tgood\t1\n`).join('')}`);
put('worse.trec', queries.map((query) => `${query} Q0 bad 1 2 worse\n${query} Q0 good 2 1 worse\n`).join(''));
put(
  'better.trec',
  queries.map((query, i) => `${query} Q0 good 1 2 b\n${query} Q0 bad 2 ${i === 19 ? 3 : 1} b\r\n`).join(''),
);
put(
  'better.jsonl',
  `${queries.map((query) => JSON.stringify({ query, hits: [{ id: 'good' }, { id: 'bad' }] })).join('\n')}\n`,
);
put('empty.tsv', 'query-id\tcorpus-id\tscore\n');
put('broken.trec', 'q1 Q0 good 1 2 b\nq1 Q0 bad 2 NaN b\n');
put('other.trec', 'x Q0 good 1 2 b\n');

async function call(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await evaluate.run(argv, { stdin, stdout, stderr, env: {}, cwd: folder }, new AbortController().signal);
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

const gate = async (...gates: string[]): Promise<number> =>
  (await call('--qrels', 'qrels.tsv', 'worse.trec', 'better.trec', ...gates.flatMap((one) => ['--gate', one]))).code;

describe('secondpass evaluate', () => {
  it('prints values, differences with intervals and test, and the queries that moved', async () => {
    const { code, out, err } = await call('--qrels', 'qrels.tsv', 'worse.trec', 'better.trec', '-m', 'MRR,nDCG@10');
    expect(code).toBe(0);
    expect(out).toContain('20 judged queries');
    expect(out).toMatch(/worse +0\.5000 \[0\.500, 0\.500\]/);
    expect(out).toMatch(/better +0\.9750 \[0\.9\d+, 1\.000\]/);
    expect(out).toMatch(/better +\+0\.4750 +\[\+0\.4\d+, \+0\.5000\] +<?0\.000\d +19\/1\/0/);
    expect(out).toContain('queries that moved most');
    expect(err).toContain('the rank column contradicts the scores');
  });

  it('prints one object of plain numbers under printed names, and nothing else, with --json', async () => {
    const { code, out, err } = await call(
      '--qrels=qrels.tsv',
      'worse.trec',
      'better.trec',
      '--json',
      '--per-query',
      '--measures',
      'RR',
    );
    const printed = JSON.parse(out);
    expect([code, err]).toEqual([0, '']);
    expect(printed.runs.map((run: { name: string }) => run.name)).toEqual(['worse', 'better']);
    expect(printed.runs[1]).toMatchObject({
      measures: { MRR: 0.975 },
      perQuery: { q0: { MRR: 1 }, q19: { MRR: 0.5 } },
      answered: 20,
    });
    expect(printed.runs[1].intervals.MRR).toEqual([expect.any(Number), 1]);
    expect(printed.comparisons).toMatchObject([
      { measure: 'MRR', baseline: 'worse', run: 'better', difference: 0.475, wins: 19, ties: 1, losses: 0 },
    ]);
    expect(
      Object.keys(
        (await call('--qrels=qrels.tsv', 'worse.trec', '--json').then(({ out: one }) => JSON.parse(one))).runs[0],
      ),
    ).not.toContain('perQuery');
  });

  it('ends with 1 where a gate fails and with 0 where all hold', async () => {
    expect(await gate('MRR>=+0.4', 'MRR>=0.9')).toBe(0);
    expect(await gate('MRR>=+0.4', 'MRR>=0.99')).toBe(1);
    expect(await gate('MRR>=+0.5')).toBe(1);
  });

  it('measures agreement with the first run beside the judgments', async () => {
    const { out } = await call(
      '--qrels',
      'qrels.tsv',
      'worse.trec',
      'better.jsonl',
      '--measures',
      'MRR,KendallTau,RBO(p=0.5)',
      '--json',
    );
    expect(JSON.parse(out).agreements).toEqual([
      { run: 'better', measure: 'KendallTau', value: -1, queries: 20 },
      { run: 'better', measure: 'RBO(p=0.5)', value: expect.closeTo(0.5, 9), queries: 20 },
    ]);
  });

  it('leaves agreement out, with a note, where there is nothing to compare, in words and in JSON', async () => {
    const half = (from: number, to: number): string =>
      queries
        .slice(from, to)
        .map((query) => `${query} Q0 good 1 2 t\n`)
        .join('');
    put('front.trec', half(0, 10));
    put('back.trec', half(10, 20));
    const argv = ['--qrels', 'qrels.tsv', 'front.trec', 'back.trec', 'better.trec', '-m', 'MRR,RBO,KendallTau'];
    const { out, err } = await call(...argv);
    expect(out).not.toContain('NaN');
    expect(out).toMatch(/better +RBO +1\.\d{4} +10 queries/);
    expect(err).toContain('Note: back: No agreement with "front" by RBO and KendallTau: no query in common.');
    expect(err).toContain(
      'Note: better: No agreement with "front" by KendallTau: none of the 10 queries in common gives it anything to compare.',
    );
    const printed = JSON.parse((await call(...argv, '--json')).out);
    expect(printed.agreements).toMatchObject([{ run: 'better', measure: 'RBO', queries: 10 }]);
    expect(printed.runs[1].notes).toContainEqual(expect.objectContaining({ code: 'no-overlap', by: 'back' }));
    const none = JSON.parse((await call(...argv.slice(0, 4), '-m', 'MRR,RBO', '--json')).out);
    expect(none.agreements).toEqual([]);
  });

  it('prints the same keys whatever was asked for, and notes whole, with --json', async () => {
    const { out } = await call('--qrels=qrels.tsv', 'better.trec', '-m', 'MRR', '--json');
    expect(JSON.parse(out)).toMatchObject({ comparisons: [], agreements: [], gates: [] });
    const [note] = JSON.parse(out).runs[0].notes;
    expect(note).toMatchObject({ code: 'rank-disagrees', by: join(folder, 'better.trec'), ids: ['q19'] });
  });

  it('takes the first place of a document that stands twice in JSON lines, with --duplicates keep-best', async () => {
    put(
      'twice.jsonl',
      queries
        .map((query) => `${JSON.stringify({ query, hits: ['good', 'bad', 'good'].map((id) => ({ id })) })}\n`)
        .join(''),
    );
    const argv = ['--qrels', 'qrels.tsv', 'twice.jsonl', '-m', 'MRR,Recall@2', '--json'];
    await expect(call(...argv)).rejects.toThrow('listed twice');
    const { out } = await call(...argv, '--duplicates', 'keep-best');
    expect(JSON.parse(out).runs).toMatchObject([
      { name: 'twice', measures: { MRR: 1, 'Recall@2': 1 }, notes: [{ code: 'duplicate-id' }] },
    ]);
  });

  it('refuses broken files with their line, and wrong usage before reading anything', async () => {
    await expect(call('--qrels', 'qrels.tsv', 'broken.trec')).rejects.toThrow(
      `${join(folder, 'broken.trec')}:2: the score is "NaN"`,
    );
    await expect(call('--qrels', 'qrels.tsv', 'other.trec')).rejects.toThrow('answers none of the 20 judged queries');
    await expect(call('--qrels', 'qrels.tsv', 'none.trec')).rejects.toThrow('none.trec');
    await expect(call('--qrels', 'empty.tsv', 'better.trec')).rejects.toThrow(
      `${join(folder, 'empty.tsv')} holds no judgments`,
    );
    for (const [argv, message] of [
      [['worse.trec'], 'needs judgments'],
      [['--qrels', 'none'], 'at least one run'],
      [['--qrels', 'none', 'none', '--measures', 'nDGC'], 'is no measure'],
      [['--qrels', 'none', 'none', '--measures', 'foo@3'], 'RBP and FullSupport; RBO and KendallTau compare two runs.'],
      [
        ['--qrels', 'none', 'none', '-m', 'nDCG@10,rbo(p=0.8)'],
        '"RBO(p=0.8)" compares with the first run and there is no',
      ],
      [['--qrels', 'none', 'none', '--gate', 'MRR'], 'is no gate'],
      [['--qrels', 'none', 'none', '--gate', 'nDCG@10>=+0.1'], 'there is no second'],
      [['--qrels', 'none', 'none', '--level', '95'], 'between 0 and 1'],
      [['--qrels', 'none', 'none', '--duplicates', 'drop'], 'throw or keep-best'],
      [['--qrels', 'none', 'none', '--gates', 'MRR>1'], 'did you mean "--gate"?'],
    ] as const) {
      await expect(call(...argv)).rejects.toMatchObject({
        name: 'UsageError',
        message: expect.stringContaining(message),
      });
    }
  });

  it('names runs by their files, and divides lists of measures outside brackets only', () => {
    expect(nameRuns(['a/bm25.trec', 'b/ours.run.gz', 'b/x.jsonl'])).toEqual(['bm25', 'ours', 'x']);
    expect(nameRuns(['a/r.trec', 'b/r.trec', 'b/r.trec'])).toEqual(['a/r.trec', 'b/r.trec', 'b/r.trec#3']);
    expect(readMeasures('rbp(p=0.5, rel=2)@10, ndcg@10')).toEqual(['RBP(p=0.5,rel=2)@10', 'nDCG@10']);
  });
});
