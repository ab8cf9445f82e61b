import { byScore, cascade, type Note } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { DecompositionRetriever } from '../src/index.ts';
import { dead, half } from '../../../test/failing-cascades.ts';
import { about, compress, documents, idsOf, scoresOf, scoring, sigmoid } from './fixed-scores.ts';
import { gives } from './small-retrievers.ts';
import { parts } from './word-retriever.ts';

describe('a cascade with a partly failing last stage', () => {
  it('writes no score of the first stage beside those of the last', async () => {
    const found = await compress({ reranker: half(9, 'logit'), details: true });
    expect(scoresOf(found)).toEqual([sigmoid(9), undefined, undefined]);
    expect(about(found[0])).toMatchObject({ by: 'model', kind: 'probability', logit: 9 });
    for (const one of found.slice(1)) expect(about(one)).not.toHaveProperty('kind');
  });

  it('takes an older score of this package from what the last stage did not score', async () => {
    const first = await compress({ reranker: scoring('similarity', 3, 2, 1) });
    expect(scoresOf(await compress({ reranker: half(9, 'logit') }, first as never))).toEqual([
      sigmoid(9),
      undefined,
      undefined,
    ]);
  });

  it.each([0.5, { kind: 'probability', value: 0.5 } as const])(
    'and a minScore (%o) loses nothing that could not be scored, and says so',
    async (minScore) => {
      const notes: Note[] = [];
      const onNote = (note: Note): void => void notes.push(note);
      expect(idsOf(await compress({ reranker: half(9, 'logit'), minScore, onNote }))).toEqual(['d0', 'd1', 'd2']);
      expect(notes.map(({ code, ids }) => [code, ids])).toEqual([
        ['timed-out', ['1', '2']],
        ['unscored', ['1', '2']],
      ]);
      const low = await compress({ reranker: half(-9, 'logit'), minScore });
      expect(idsOf(low)).toEqual(['d1', 'd2']);
      expect(scoresOf(low)).toEqual([undefined, undefined]);
    },
  );
});

describe('a cascade with a failed last stage', () => {
  it.each([0.5, { kind: 'probability', value: 0.5 } as const])(
    'and a minScore (%o) loses nothing, and says so',
    async (minScore) => {
      const notes: Note[] = [];
      const onNote = (note: Note): void => void notes.push(note);
      expect(idsOf(await compress({ reranker: dead, minScore, onNote }))).toEqual(['d0', 'd1', 'd2']);
      expect(notes.map(({ code }) => code)).toEqual(['fell-back', 'unscored']);
    },
  );
});

describe('a minScore on the scale of what is written', () => {
  it('holds where the decomposer failed and the reranker did not', async () => {
    const decomposer = { name: 'dying', decompose: () => Promise.reject(new Error('no quota left')) };
    const options = { retrievers: gives(...documents), decomposer, reranker: scoring('similarity', 30, 2, 1) };
    expect(idsOf(await new DecompositionRetriever({ ...options, minScore: 12 }).invoke('q'))).toEqual(['d0']);
  });

  it('holds for what an early stage could not score and the last one did', async () => {
    const late = byScore({
      name: 'late',
      kind: 'similarity',
      pointwise: true,
      score: async (_, candidates) => ({ value: { scores: candidates.map(({ id }) => (id === '0' ? 30 : 1)) } }),
    });
    const reranker = cascade(scoring('similarity', undefined, 2, 1), late);
    expect(idsOf(await compress({ reranker, minScore: 12 }))).toEqual(['d0']);
  });

  it('loses nothing to a failed last stage after a decomposition', async () => {
    const options = { retrievers: gives(...documents), decomposer: parts(), reranker: dead, minScore: 0.5 };
    expect(idsOf(await new DecompositionRetriever(options).invoke('q'))).toEqual(['d0', 'd1', 'd2']);
  });
});
