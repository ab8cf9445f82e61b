import { interleave, type Decomposer } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { DecompositionRetriever } from '../src/index.ts';
import { dyingReranker, hangingReranker } from './faulty.ts';
import { about, idsOf } from './fixed-scores.ts';
import { BrokenRetriever, parts, question, WordRetriever } from './word-retriever.ts';

describe('DecompositionRetriever, where something fails', () => {
  it('searches the question alone, with a note, when the decomposer dies', async () => {
    const dying: Decomposer = { name: 'dying', decompose: () => Promise.reject(new Error('no quota left')) };
    const found = await new DecompositionRetriever({ retrievers: new WordRetriever(), decomposer: dying }).invoke(
      question,
    );
    expect(idsOf(found).slice(0, 2).sort()).toEqual(['d0', 'd1']);
    expect(about(found[0]).notes?.[0]).toMatchObject({ code: 'fell-back', by: 'dying' });
  });

  it('goes on without a dead retriever, with a note, and fails only when all are dead', async () => {
    const retrievers = { words: new WordRetriever(), broken: new BrokenRetriever() };
    const found = await new DecompositionRetriever({ retrievers }).invoke(question);
    expect(found.length).toBeGreaterThan(1);
    expect(about(found[0]).notes?.[0]).toMatchObject({ code: 'retriever-failed', by: 'broken' });
    await expect(new DecompositionRetriever({ retrievers: new BrokenRetriever() }).invoke(question)).rejects.toThrow(
      /index is gone/,
    );
  });

  it('goes on without a dead retriever that has places of its own', async () => {
    const retrievers = { words: new WordRetriever(), broken: new BrokenRetriever() };
    const fusion = interleave({ quotas: { broken: 1, words: 1 } });
    const found = await new DecompositionRetriever({ retrievers, fusion }).invoke(question);
    expect(found.length).toBeGreaterThan(1);
    expect(about(found[0]).notes?.[0]).toMatchObject({ code: 'retriever-failed', by: 'broken' });
  });

  it.each([
    ['dies', dyingReranker],
    ['hangs', hangingReranker],
  ])('keeps the fused order, with a note, when the reranker %s', async (_, reranker) => {
    const options = { retrievers: new WordRetriever(), decomposer: parts('Cats sleep') };
    const fused = await new DecompositionRetriever(options).invoke(question);
    const found = await new DecompositionRetriever({ ...options, reranker, timeoutMs: 20 }).invoke(question);
    expect(idsOf(found)).toEqual(idsOf(fused));
    expect(about(found[0]).notes?.[0]).toMatchObject({ code: 'fell-back' });
    expect(found[0]!.metadata).not.toHaveProperty('relevanceScore');
  });

  it('throws where that is asked for', async () => {
    const retriever = new DecompositionRetriever({
      retrievers: new WordRetriever(),
      reranker: dyingReranker,
      onError: 'throw',
    });
    await expect(retriever.invoke(question)).rejects.toThrow('lost its model');
  });

  it('frees the caller at once when the signal fires', async () => {
    const retriever = new DecompositionRetriever({ retrievers: new WordRetriever(), reranker: hangingReranker });
    await expect(retriever.invoke(question, { signal: AbortSignal.timeout(20) })).rejects.toThrow(/abort/i);
  });
});
