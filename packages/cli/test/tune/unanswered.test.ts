import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runMain } from '../run.ts';
import { beir, folder, useTuneFolder } from './beir-folder.ts';

useTuneFolder();

const options = ['--depths', '4', '--blends', '0', '--workers', '1'];

describe('secondpass tune, judgments that do not fit', () => {
  it('says once, and rightly, what becomes of judged queries without a text: they take no part', async () => {
    const path = beir('strangers', { run: true, qrels: true });
    appendFileSync(join(path, 'qrels.tsv'), 'gone\td1\t1\n');
    const { code, out, err } = await runMain(['tune', path, ...options], { cwd: folder });
    expect(code).toBe(0);
    expect(out).toContain('8 of 8 queries');
    expect(out).toMatch(/"gone" among them, have no text or no hits; .* take no part/);
    expect(err).not.toContain('gone');
    const without = await runMain(['tune', path, ...options, '--no-judgments'], { cwd: folder });
    expect([without.code, without.err]).toEqual([0, '']);
  });

  it('says so where there is no judgment at all', async () => {
    const path = beir('none', { run: true });
    writeFileSync(join(path, 'qrels.tsv'), 'query-id\tcorpus-id\tscore\n');
    const { code, err } = await runMain(['tune', path, ...options], { cwd: folder });
    expect(code).toBe(1);
    expect(err).toContain(`${join(path, 'qrels.tsv')} holds no judgments`);
    expect(err).toContain('--no-judgments');
    expect((await runMain(['tune', path, ...options, '--no-judgments'], { cwd: folder })).code).toBe(0);
  });

  it('still says which judged documents are not in the corpus', async () => {
    const path = beir('lost', { run: true, qrels: true });
    appendFileSync(join(path, 'qrels.tsv'), 'q1\tlost\t1\n');
    const { err } = await runMain(['tune', path, ...options], { cwd: folder });
    expect(err).toContain('"lost" among them, are not in corpus.jsonl');
    const { out } = await runMain(['tune', path, ...options, '--json'], { cwd: folder });
    const { notes } = JSON.parse(out) as { notes: object[] };
    expect(notes).toContainEqual(expect.objectContaining({ code: 'unknown-document', ids: ['lost'] }));
    await runMain(['tune', path, ...options, '--report', 'lost.html'], { cwd: folder });
    expect(readFileSync(join(folder, 'lost.html'), 'utf8')).toMatch(/lost\S* among them, are not in corpus.jsonl/);
  });
});
