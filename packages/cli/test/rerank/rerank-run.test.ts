import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { byScore } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { files, folder, useRunFiles } from './run-files.ts';
import { rerankRun } from '../../src/rerank/rerank-run.ts';

useRunFiles(() => {
  writeFileSync(files.corpus, '{"_id":"a","text":"x"}\n{"_id":"b","text":"yy"}\n{"_id":"c","text":"zzz"}\n');
  writeFileSync(
    files.run,
    ['q1 a', 'q1 b', 'q1 c', 'q2 c', 'q2 a'].map((row, n) => `${row.replace(' ', ' Q0 ')} ${n} ${-n} t`).join('\n'),
  );
});

/** Scores a text by its length; may fail, or be stopped, at the second query. */
const byLength = (atSecond: () => void = () => {}) =>
  byScore({
    name: 'length',
    kind: 'similarity',
    pointwise: true,
    score: async (query, candidates) => {
      if (query === 'two') atSecond();
      return { value: { scores: candidates.map(({ content }) => (content === 'yy' ? undefined : content.length)) } };
    },
  });

const options = { depth: 100, tag: 't', signal: new AbortController().signal, onProgress: () => {} };

describe('rerankRun', () => {
  it('puts what the reranker could not score below what it could, with its note', async () => {
    const report = await rerankRun(files, byLength(), options);
    expect(readFileSync(files.output, 'utf8')).toBe(
      'q1 Q0 c 1 3 t\nq1 Q0 a 2 1 t\nq1 Q0 b 3 0 t\nq2 Q0 c 1 3 t\nq2 Q0 a 2 1 t\n',
    );
    expect(report).toMatchObject({ queries: 2, candidates: 5, scored: 4, notes: [{ code: 'unscored', ids: ['b'] }] });
  });

  it('shows the reranker what the run scored, and writes none of that for what it could not score', async () => {
    const doubled = byScore({
      name: 'doubled',
      kind: 'similarity',
      pointwise: true,
      score: async (_query, candidates) => ({
        value: {
          scores: candidates.map(({ id, score }) =>
            id === 'b' || score?.kind !== 'retrieval' ? undefined : score.value * 2,
          ),
        },
      }),
    });
    const { scored } = await rerankRun(files, doubled, options);
    expect(scored).toBe(4);
    expect(readFileSync(files.output, 'utf8')).toBe(
      'q1 Q0 a 1 0 t\nq1 Q0 c 2 -4 t\nq1 Q0 b 3 -5 t\nq2 Q0 c 1 -6 t\nq2 Q0 a 2 -8 t\n',
    );
  });

  it('tells what was odd about the run', async () => {
    writeFileSync(files.run, 'q1 Q0 a 1 1 t\nq1 Q0 b 2 2 t\n');
    const { notes } = await rerankRun(files, byLength(), options);
    expect(notes[0]).toMatchObject({ code: 'rank-disagrees', by: files.run, ids: ['q1'] });
  });

  it('tells how far it is, up to all of it', async () => {
    const told: number[][] = [];
    await rerankRun(files, byLength(), { ...options, onProgress: (done, total) => told.push([done, total]) });
    expect(told.at(-1)![1]).toBe(5);
    expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done!).toSorted((a, b) => a - b));
  });

  it.each([false, true])(
    'leaves no file behind when it fails or is stopped in the middle (stopped: %s)',
    async (stopped) => {
      const controller = new AbortController();
      const before = readdirSync(folder);
      let during: string[] = [];
      const breaking = byLength(() => {
        during = readdirSync(folder);
        if (stopped) controller.abort(new Error('enough'));
        else throw new Error('broken');
      });
      await expect(rerankRun(files, breaking, { ...options, signal: controller.signal })).rejects.toThrow(
        stopped ? 'enough' : 'broken',
      );
      expect(during).toHaveLength(before.length + 1);
      expect(readdirSync(folder)).toEqual(before);
    },
  );
});
