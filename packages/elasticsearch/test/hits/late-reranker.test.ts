// A reranker that is not done at the deadline: what it has by then counts, and it is not waited for much longer.
import { byScore } from '@secondpass/core';
import type { Note, Reranker } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { rerankHits } from '../../src/index.ts';
import type { Small } from './by-number.ts';

const hits: Small[] = ['3', '9', '5'].map((text, at) => ({
  _index: 'i',
  _id: `h${at}`,
  _score: 9 - at,
  _source: { text },
}));

/** Scores by the number in a text: by the deadline, the last `count` of the list. */
const scoring = (count: number): Reranker =>
  byScore({
    name: 'model',
    kind: 'probability',
    pointwise: true,
    async score(_query, candidates, options) {
      await new Promise((resolve) => setTimeout(resolve, options!.deadline! - Date.now() + 5));
      const late = candidates.slice(0, candidates.length - count).map(({ id }) => id);
      const notes: Note[] = [{ code: 'timed-out', by: 'model', message: 'The deadline came.', ids: late }];
      return {
        value: { scores: candidates.map(({ id, content }) => (late.includes(id) ? undefined : Number(content) / 10)) },
        notes,
      };
    },
  });
const hanging: Reranker = { name: 'hanging', rerank: () => new Promise(() => {}) };

const run = async (reranker: Reranker, more: object = {}) => {
  const started = Date.now();
  const { hits: out, rerank } = await rerankHits(hits, 'q', { reranker, text: 'text', timeoutMs: 30, ...more });
  return { ids: out.map(({ _id }) => _id), rerank, took: Date.now() - started };
};

describe('a reranker that is not done at the deadline', () => {
  it('answers with what it has by then; the rest stands below, and a note names it', async () => {
    for (const onFailure of ['first-stage', 'throw']) {
      const { ids, rerank } = await run(scoring(2), { onFailure });
      expect(ids).toEqual(['h1', 'h2', 'h0']);
      expect(rerank).toMatchObject({ applied: true, scored: 2, unscored: 1 });
      expect(rerank.notes).toMatchObject([{ code: 'timed-out', ids: ['h0'] }]);
    }
  });

  it('that has nothing by then leaves the order as it is, and that is why', async () => {
    const { ids, rerank } = await run(scoring(0));
    expect(ids).toEqual(['h0', 'h1', 'h2']);
    expect(rerank).toMatchObject({ applied: false, reason: 'timed-out', scored: 0, unscored: 3 });
  });

  it('that says nothing is abandoned shortly after: onFailure says what then', async () => {
    const { ids, rerank, took } = await run(hanging);
    expect(ids).toEqual(['h0', 'h1', 'h2']);
    expect(rerank).toMatchObject({ applied: false, reason: 'timed-out' });
    expect(took).toBeLessThan(1000);
    await expect(run(hanging, { onFailure: 'throw' })).rejects.toMatchObject({ code: 'timed-out' });
  });

  it('is not begun where the deadline has passed already', async () => {
    let begun = false;
    const { rerank } = await run({ ...hanging, rerank: async () => Promise.reject((begun = true)) }, { deadline: 1 });
    expect([begun, rerank.reason]).toEqual([false, 'timed-out']);
  });
});
