// What a later stage could not score: it keeps an earlier stage's score, which is of another scale.
import { byScore, cascade, inputOrder, window as onlyFirst, withFallback } from '@secondpass/core';
import type { Candidate, Note, Reranker } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { rerankHits, type Blend } from '../../src/index.ts';
import type { Small } from './by-number.ts';

/** Scores by the number in a text. */
const cheap = byScore({
  name: 'cheap',
  kind: 'similarity',
  pointwise: true,
  score: async (_query, candidates) => ({ value: { scores: candidates.map(({ content }) => numberIn(content)) } }),
});

/** Scores a tenth of the number in a text, unless there is a "late" in it. */
const model = byScore({
  name: 'model',
  kind: 'probability',
  pointwise: true,
  score: async (_query, candidates) => {
    const late = candidates.filter(isLate).map(({ id }) => id);
    const notes: Note[] = [{ code: 'timed-out', by: 'model', message: 'The deadline passed.', ids: late }];
    const scores = candidates.map((one) => (isLate(one) ? undefined : numberIn(one.content) / 10));
    return { value: { scores }, ...(late.length > 0 && { notes }) };
  },
});
const broken: Reranker = { name: 'broken', rerank: () => Promise.reject(new Error('no connection')) };

function numberIn(content: Candidate['content']): number {
  return Number.parseFloat(content as string);
}
function isLate({ content }: Candidate): boolean {
  return (content as string).includes('late');
}

const hitsOf = (...texts: (string | readonly string[])[]): Small[] =>
  texts.map((text, at) => ({ _index: 'i', _id: `h${at}`, _score: 9 - at, _source: { text } }));

const run = async (hits: readonly Small[], reranker: Reranker, more: object = {}) => {
  // Where nothing failed as a whole, nothing may be saved by falling back.
  const options = { reranker, text: { each: 'text' }, onFailure: 'throw', ...more } as const;
  const { hits: out, rerank } = await rerankHits(hits, 'q', options);
  return { ids: out.map(({ _id }) => _id), scores: out.map(({ _score }) => _score), out, rerank };
};
const minScore = { kind: 'probability', value: 0.25 } as const;

describe('hits that the last stage could not score', () => {
  it('are kept whatever minScore asks, with a note that names them', async () => {
    const { ids, rerank } = await run(hitsOf('9 late', '4', '1'), cascade(cheap, model), { minScore });
    expect(ids).toEqual(['h1', 'h0']);
    expect(rerank.notes).toMatchObject([
      { code: 'timed-out', by: 'model', ids: ['h0'] },
      { code: 'unscored', ids: ['h0'], message: expect.stringContaining('kept although minScore') as string },
    ]);
  });

  it('are kept where the passage that stands for them is one of several', async () => {
    const hits = hitsOf('4', ['2 late', '8 late'], ['1 late', '3'], ['1', '2']);
    const { ids, rerank, out } = await run(hits, cascade(cheap, model), { minScore });
    expect(ids).toEqual(['h0', 'h2', 'h1']);
    expect(out[2]!._secondpass).toMatchObject({ placedBy: 'cheap', passage: { text: '8 late' } });
    expect(rerank.notes.map(({ code, ids }) => [code, ids])).toEqual([
      ['timed-out', ['h1', 'h2']],
      ['unscored', ['h1']],
    ]);
  });

  it('are all kept where the whole stage fell back', async () => {
    const last = withFallback(broken, inputOrder);
    const { ids, rerank } = await run(hitsOf('1', ['4', '7']), cascade(cheap, last), { minScore });
    expect(ids).toEqual(['h1', 'h0']);
    expect(rerank.notes.map(({ code, ids }) => [code, ids])).toEqual([
      ['fell-back', undefined],
      ['unscored', ['h1', 'h0']],
    ]);
  });

  it('are misuse where nobody says why: minScore of another kind than any stage gives', async () => {
    await expect(run(hitsOf('1', '2'), cheap, { minScore })).rejects.toMatchObject({ code: 'invalid-argument' });
    const below = cascade(cheap, onlyFirst(model, 1));
    await expect(run(hitsOf('1', '2'), below, { minScore })).rejects.toThrow(/cut\(\)/u);
  });
});

describe('scores of two stages', () => {
  it('do not stand beside each other in _score; the details say whose they are', async () => {
    const { ids, scores, out, rerank } = await run(hitsOf('9 late', '4', '5'), cascade(cheap, model));
    expect(ids).toEqual(['h2', 'h1', 'h0']);
    expect(scores).toEqual([0.5, 0.4, null]);
    expect(out[2]!._secondpass).toMatchObject({ placedBy: 'cheap', score: { value: 9, kind: 'similarity' } });
    expect(rerank).toMatchObject({ scored: 3, unscored: 0 });
    const window = await run(hitsOf('1', '9', '5'), cascade(cheap, onlyFirst(model, 1)));
    expect(window.scores).toEqual([0.9, null, null]);
    const alone = await run(hitsOf('1', '9'), cascade(cheap, withFallback(broken, inputOrder)));
    expect(alone.scores).toEqual([9, 1]);
  });

  it('stay two where minScore leaves only the earlier one', async () => {
    const { ids, scores } = await run(hitsOf('9 late', '1'), cascade(cheap, model), { minScore });
    expect([ids, scores]).toEqual([['h0'], [null]]);
  });

  it('do not explain what _score does not say', async () => {
    const explained = hitsOf('8 late', '4').map((hit) => ({ ...hit, _explanation: { value: hit._score } }));
    const { out } = await run(explained, cascade(cheap, model));
    expect(out).toMatchObject([{ _explanation: { value: 0.4 } }, { _explanation: { value: 9 } }]);
  });

  it.each<[string, Blend]>([
    ['a fusion', {}],
    ['rescore', { queryWeight: 1 }],
    ['a function', ({ reranker, firstStage }) => reranker! + firstStage!],
  ])('are not blended as one scale: %s', async (_name, blend) => {
    const { ids, scores, out } = await run(hitsOf('9 late', '1', '5'), cascade(cheap, model), { blend });
    expect(ids.at(-1)).toBe('h0');
    expect(scores.at(-1)).toBeNull();
    expect(out.slice(0, 2).map(({ _secondpass }) => _secondpass.score!.kind)).toEqual(['fused', 'fused']);
  });
});
