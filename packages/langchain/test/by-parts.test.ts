import { rerankByParts, type Note } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { DecompositionRetriever } from '../src/index.ts';
import { dyingReranker, overlapReranker, wordOverlap } from '../../../test/small-rerankers.ts';
import { about, idsOf } from './fixed-scores.ts';
import { parts, WordRetriever } from './word-retriever.ts';

const asked = 'Was Charles Babbage born in London, and do cats sleep?';
const options = {
  retrievers: new WordRetriever(),
  decomposer: parts('do cats sleep all day', 'who designed the engine'),
};

describe('DecompositionRetriever with rerankByParts()', () => {
  it('puts the best evidence for each part first, which the question as a whole does not', async () => {
    const whole = new DecompositionRetriever({ ...options, reranker: overlapReranker });
    expect(idsOf(await whole.invoke(asked))[0]).toBe('d1');
    const byParts = new DecompositionRetriever({ ...options, reranker: rerankByParts(wordOverlap), details: true });
    const found = await byParts.invoke(asked);
    expect(idsOf(found).slice(0, 2)).toEqual(['d3', 'd2']);
    expect(about(found[0])).toMatchObject({ by: 'by-parts(word-overlap, coverage)', kind: 'fused' });
  });

  it('keeps the fused order, with a note, where what is made for the parts fails', async () => {
    const notes: Note[] = [];
    const onNote = (note: Note): void => void notes.push(note);
    const found = await new DecompositionRetriever({ ...options, reranker: () => dyingReranker, onNote }).invoke(asked);
    expect(idsOf(found)).toEqual(idsOf(await new DecompositionRetriever(options).invoke(asked)));
    expect(notes).toMatchObject([{ code: 'fell-back', by: 'dying' }]);
  });
});
