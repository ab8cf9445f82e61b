import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readInputs, type TuneInputs } from '../../src/tune/read-inputs.ts';
import { runMain } from '../run.ts';
import { beir, facts, folder, lines, useTuneFolder } from './beir-folder.ts';

useTuneFolder();

const read = (path: string, deepest: number, duplicates: 'throw' | 'keep-best' = 'throw'): Promise<TuneInputs> =>
  readInputs(path, { run: undefined, deepest, judgments: true, split: undefined, duplicates, conflicts: 'throw' });

/** A folder whose run is written anew with other scores, in the same order. */
function rescored(path: string, score: (rank: number) => number): string {
  const run = join(path, 'bad.trec');
  const rows = readFileSync(run, 'utf8').trim().split('\n');
  const anew = rows.map((row) => row.replace(/(\d+) \d+ bad$/, (_, rank) => `${rank} ${score(Number(rank))} bad`));
  writeFileSync(run, `${anew.join('\n')}\n`);
  return path;
}

describe('the first-stage run that tune measures on', () => {
  it('is the whole one, so that its values are those of evaluate, however deep the measure looks', async () => {
    const path = beir('deep', { run: true, qrels: true });
    for (const measure of ['MAP', 'Recall@100', 'nDCG']) {
      const argv = ['--depths', '2,4', '--blends', '0', '--workers', '1', '--measure', measure, '--json'];
      const tuned = JSON.parse((await runMain(['tune', path, ...argv], { cwd: folder })).out);
      const files = ['--qrels', join(path, 'qrels.tsv'), join(path, 'bad.trec'), '--measures', measure, '--json'];
      const evaluated = JSON.parse((await runMain(['evaluate', ...files], { cwd: folder })).out);
      expect(evaluated.runs[0].measures[measure]).toBeGreaterThan(0.1);
      expect(tuned.settings[0].quality).toBeCloseTo(evaluated.runs[0].measures[measure], 12);
    }
  });

  it('has texts only as deep as it is reranked, and the BM25 made here is as long as TREC runs are', async () => {
    const given = await read(beir('texts', { run: true, qrels: true }), 1);
    expect([...given.first.lists.values()].map((hits) => hits.length)).toEqual(facts.map(() => facts.length));
    // The right answer stands last everywhere, so that d0 is first, but for its own query.
    expect([...given.texts.keys()]).toEqual(['d0', 'd1']);
    const path = beir('made', { qrels: true });
    appendFileSync(join(path, 'corpus.jsonl'), lines([{ _id: 'copy', text: 'The Mona Lisa hangs in Paris.' }]));
    const made = await read(path, 1);
    expect(made.first.lists.get('q0')!.map(({ id }) => id)).toEqual(['d0', 'copy']);
  });

  it('changes the fingerprint with its scores, which models read, down to where it is reranked', async () => {
    const path = beir('rescored', { run: true, qrels: true });
    const fingerprint = async (score: (rank: number) => number): Promise<string> =>
      (await read(rescored(path, score), 4)).fingerprint;
    const before = await fingerprint((rank) => 11 - rank);
    expect(await fingerprint((rank) => (rank > 4 ? -rank : 11 - rank))).toBe(before);
    expect(await fingerprint((rank) => 100 - rank)).not.toBe(before);
    expect(await fingerprint((rank) => 11 - rank)).toBe(before);
  });

  it('makes scores of a run with other scores be refused', async () => {
    const path = beir('stale', { run: true, qrels: true });
    const argv = ['tune', path, '--depths', '2', '--blends', '0', '--workers', '1', '--results', 'stale.jsonl'];
    expect((await runMain(argv, { cwd: folder })).code).toBe(0);
    rescored(path, (rank) => 100 - rank);
    const { code, err } = await runMain(argv, { cwd: folder });
    expect([code, err]).toEqual([1, expect.stringContaining('stale.jsonl was made from another run')]);
    expect(err).toContain('other scores');
  });

  it('may list a document twice where it is told so, and that is noted', async () => {
    const path = beir('twice', { run: true, qrels: true });
    appendFileSync(join(path, 'bad.trec'), 'q0 Q0 d1 9 1 bad\n');
    await expect(read(path, 4)).rejects.toThrow('listed twice');
    const { first, notes } = await read(path, 4, 'keep-best');
    expect(first.lists.get('q0')).toHaveLength(facts.length);
    expect(notes.map(({ code }) => code)).toEqual(['duplicate-id']);
    const { code, err } = await runMain(['tune', path, '--duplicates', 'first'], { cwd: folder });
    expect([code, err]).toEqual([2, expect.stringContaining('it must be throw or keep-best')]);
  });
});
