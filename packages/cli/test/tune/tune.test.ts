import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultWorkers } from '@secondpass/core/models';
import { describe, expect, it } from 'vitest';
import { integers, timeSpan, weights } from '../../src/tune/parse-lists.ts';
import { runMain } from '../run.ts';
import { beir, facts, folder, useTuneFolder } from './beir-folder.ts';
import { runPrintedCode } from './printed-code.ts';

useTuneFolder();

describe('secondpass tune', () => {
  it('finds that the embedded model pays, shows both halves and the code, and goes on from its results', async () => {
    const path = beir('whole', { run: true, qrels: true });
    const argv = [
      'tune',
      path,
      '--depths',
      '2,8,20',
      '--blends',
      '0,0.5',
      '--results',
      'scores.jsonl',
      '--workers',
      '1',
    ];
    const { code, out } = await runMain(argv, { cwd: folder });
    expect(code).toBe(0);
    expect(out).toContain("8 of 8 queries; depths 2, 8; not available beyond the run's longest list: 20");
    expect(out).toMatch(/Recommended: .*depth 8/);
    expect(out).toMatch(/chosen on +4 .*\n *held out +4 /);
    expect(out).toContain('const reranker = window(byScore(scorer), 8);');
    const candidates = facts.map(([, content], i) => ({ id: `d${i}`, content }));
    expect(runPrintedCode(out, folder, facts[5][0], candidates)[0]).toBe('d5');
    const scores = readFileSync(join(folder, 'scores.jsonl'), 'utf8');
    expect(scores.trim().split('\n')).toHaveLength(9);
    const again = await runMain([...argv, '--json'], { cwd: folder });
    const report = JSON.parse(again.out);
    expect(report.recommendation.heldOut.gain).toBeGreaterThan(0.3);
    expect(report.queries).toEqual({ used: 8, available: 8 });
    expect(readFileSync(join(folder, 'scores.jsonl'), 'utf8')).toBe(scores);
  });

  it('runs where it is told, and writes code that does so', async () => {
    const argv = [
      'tune',
      beir('device', { run: true, qrels: true }),
      '--depths',
      '8',
      '--workers',
      '1',
      '--blends',
      '0',
    ];
    const { code, out } = await runMain([...argv, '--device', 'cpu', '--precision', 'int8'], { cwd: folder });
    expect(code).toBe(0);
    expect(out).toContain(
      "const model = await loadReranker(undefined, { precision: 'int8', device: 'cpu', workers: 1, kind: 'logit' });",
    );
    const refused = await runMain([...argv, '--device', 'gpu'], { cwd: folder });
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/--device is "gpu"; it must be one of auto, cpu, cuda/);
  });

  it('measures with as many inference threads as its code gets, and says how many', async () => {
    const argv = ['tune', beir('threads', { run: true, qrels: true }), '--depths', '8', '--blends', '0'];
    const usual = defaultWorkers();
    const asUsual = await runMain(argv, { cwd: folder });
    expect(asUsual.out).toMatch(new RegExp(`^Measured with ${usual} inference threads?\\.$`, 'm'));
    expect(asUsual.out).toContain("const model = await loadReranker(undefined, { kind: 'logit' });");
    const other = await runMain([...argv, '--workers', '3'], { cwd: folder });
    expect(other.out).toMatch(/^Measured with 3 inference threads\.$/m);
    expect(other.out).toContain("const model = await loadReranker(undefined, { workers: 3, kind: 'logit' });");
    const { out } = await runMain([...argv, '--workers', '3', '--json'], { cwd: folder });
    expect(JSON.parse(out)).toMatchObject({ workers: 3, depths: { measured: [8] } });
  });

  it('reads texts in passages that fit, and writes code that does so', async () => {
    const argv = ['tune', beir('cut', { run: true, qrels: true }), '--depths', '8', '--workers', '1', '--blends', '0'];
    const strategies = ['--strategy', 'passages', '--max-length', '64'];
    const { code, out } = await runMain([...argv, ...strategies], { cwd: folder });
    expect(code).toBe(0);
    expect(out).toMatch(/Recommended: .*, 64 tokens, best passage, depth 8/);
    expect(out).toContain("const model = await loadReranker(undefined, { maxLength: 64, workers: 1, kind: 'logit' });");
    expect(out).toContain('const scorer = passages(model.scorer, { size: 25, overlap: 5 });');
    const candidates = facts.map(([, content], i) => ({ id: `d${i}`, content }));
    expect(runPrintedCode(out, folder, facts[6][0], candidates)[0]).toBe('d6');
  });

  it('makes a first stage where there is none, and says what it can without judgments', async () => {
    const path = beir('bare', {});
    const { code, out } = await runMain(['tune', path, '--depths', '1,4', '--workers', '1'], { cwd: folder });
    expect(code).toBe(0);
    // Each answer is found by its own question only: lists of one hit.
    expect(out).toContain('How much of the final top 1 each depth already gives');
    expect(out).toContain('Only depth 1 was tried');
    expect(out).toContain(
      'No judgments: this says when the reranker has made up its mind, not whether its mind is right',
    );
    expect(out).toMatch(/1 +100\.0 %/);
    expect(existsSync(join(folder, 'bare', 'bm25.trec'))).toBe(false);
  });

  it('recommends no depth of one for being the same ten hits, whatever their order', async () => {
    const argv = ['tune', beir('unjudged', { run: true }), '--depths', '1,8', '--workers', '1'];
    const { code, out } = await runMain(argv, { cwd: folder });
    expect(code).toBe(0);
    expect(out).toMatch(/same top 4 +RBO@4/);
    // The right answer, which is last, comes into the upper half only where all are reranked.
    expect(out).not.toMatch(/ 1 +100\.0 %/);
    expect(out).toContain('No smaller depth gives 95 % of the final top 4');
    expect(out).toContain('const reranker = window(byScore(scorer), 8);');
  });

  it('refuses wrong usage and folders that do not belong together', async () => {
    const path = beir('two', { run: true, qrels: true });
    writeFileSync(join(path, 'other.trec'), 'q1 Q0 z 1 1 t\n');
    for (const name of ['empty', 'half']) mkdirSync(join(folder, name));
    cpSync(join(path, 'corpus.jsonl'), join(folder, 'half/corpus.jsonl'));
    for (const [argv, code, message] of [
      [[], 2, 'takes one folder'],
      [[path, '--time', 'soon'], 2, 'write it as 90s, 10m or 1h'],
      [[path, '--depths', '10,x'], 2, 'whole numbers divided by commas'],
      [[path, '--strategy', 'parts'], 2, 'whole, passages, or both'],
      [[path, '--blends', '1'], 2, 'weights from 0 to below 1'],
      [[path, '--measure', 'nDGC@10'], 2, 'is no measure'],
      [[path], 1, 'holds 2 runs (bad.trec, other.trec); name one with --run'],
      [[path, '--run', join(path, 'other.trec')], 1, 'Do they belong together?'],
      [[path, '--run', 'no-run.trec'], 2, `--run names no file (looked for ${join(folder, 'no-run.trec')})`],
      [[path, '--run', '.'], 2, '--run names no file'],
      [[path, '--report', '-'], 2, '"--report" takes a file, not "-"'],
      [[path, '--results', '-'], 2, '"--results" takes a file, not "-"'],
      [['nowhere'], 2, `There is no folder ${join(folder, 'nowhere')}`],
      [['two/qrels.tsv'], 2, `${join(path, 'qrels.tsv')} has none`],
      [['empty'], 2, 'tune needs a BEIR folder (corpus.jsonl, queries.jsonl, qrels.tsv)'],
      [['empty'], 2, `${join(folder, 'empty')} has none of them`],
      [['half'], 2, `${join(folder, 'half')} has no queries.jsonl`],
      [['half', '--run', 'two/bad.trec'], 2, 'has no queries.jsonl'],
    ] as const) {
      const outcome = await runMain(['tune', ...argv], { cwd: folder });
      expect([outcome.code, outcome.err]).toEqual([code, expect.stringContaining(message)]);
      expect(outcome.err).not.toContain('ENOENT');
      expect(outcome.err.includes('See: secondpass help tune')).toBe(code === 2);
    }
  });

  it('refuses outputs that cannot be, before anything is loaded, and touches nothing', async () => {
    const path = beir('kept', { run: true, qrels: true });
    const content = (): string[] => readdirSync(path).map((name) => readFileSync(join(path, name), 'utf8'));
    const before = content();
    for (const [argv, message] of [
      [['--report', 'kept/corpus.jsonl'], '--report is one of the files that are read'],
      [['--report', 'kept/queries.jsonl'], 'one of the files that are read'],
      [['--report', 'kept/qrels.tsv'], 'one of the files that are read'],
      [['--report', 'kept/bad.trec'], 'one of the files that are read'],
      [['--report', 'page.html', '--run', 'page.html'], 'one of the files that are read'],
      [['--results', 'kept/corpus.jsonl'], '--results is one of the files that are read'],
      [['--results', 'same', '--report', 'same'], '--report is one of the files that are read'],
      [['--results', 'none/scores.jsonl'], 'its folder does not exist'],
      [['--report', 'none/page.html'], 'its folder does not exist'],
      [['--report', 'kept'], 'is a folder'],
      [['--results', 'kept'], 'is a folder'],
      [['--results', '/dev/stdout'], '--results is read again when tune is started again, and must be a file'],
      [['--results', 'scores.jsonl.gz'], 'is not packed; name'],
      [['--results', 'SCORES.JSONL.GZ'], 'is not packed; name'],
      [['--report', '/dev/stdout', '--json'], '--json and --report both go to the standard output'],
    ] as const) {
      const outcome = await runMain(['tune', path, ...argv, '--model', './no-model'], { cwd: folder });
      expect([outcome.code, outcome.out, outcome.err]).toEqual([2, '', expect.stringContaining(message)]);
    }
    expect(content()).toEqual(before);
    expect(existsSync(join(folder, 'same'))).toBe(false);
  });

  it.skipIf(!existsSync('/dev/full'))('prints what it found where the page cannot be written', async () => {
    const path = beir('full', { run: true, qrels: true });
    symlinkSync('/dev/full', join(folder, 'full.html'));
    const argv = ['tune', path, '--depths', '8', '--blends', '0', '--workers', '1', '--report', 'full.html'];
    const { code, out, err } = await runMain(argv, { cwd: folder });
    expect(out).toMatch(/Recommended: .*depth 8/);
    expect(code).toBe(1);
    expect(err).toContain('Cannot write');
  });

  it('reads lists and spans of time', () => {
    expect(integers('depths', '50, 10,10')).toEqual([10, 50]);
    expect(weights('blends', '0,.25')).toEqual([0, 0.25]);
    expect(['90s', '1.5m', '1h', '7'].map((text) => timeSpan('time', text))).toEqual([90_000, 90_000, 3_600_000, 7000]);
    expect([integers('a', undefined), weights('a', undefined), timeSpan('a', undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(() => weights('blends', '0,')).toThrow('weights');
    expect(() => timeSpan('time', '0')).toThrow('--time');
  });
});
