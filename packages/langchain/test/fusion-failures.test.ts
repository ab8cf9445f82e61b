import type { BaseRetrieverInterface } from '@langchain/core/retrievers';
import {
  borda,
  combMnz,
  combSum,
  coverQuestions,
  interleave,
  inverseSquareRank,
  reciprocalRank,
  type Note,
} from '@secondpass/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FusionRetriever } from '../src/index.ts';
import { about } from './fixed-scores.ts';
import { document, failing, gives, hanging, texts } from './small-retrievers.ts';

describe('FusionRetriever, where retrievers fail', () => {
  const bm25 = gives(document('a', {}, 'a'), document('b', {}, 'b'));
  const vectors = gives(document('b', {}, 'b'), document('c', {}, 'c'));

  it('goes on without a retriever that fails or hangs, and says so on every document', async () => {
    for (const [broken, why] of [
      [failing, /index is gone/],
      [hanging, /not answer within 30 ms/],
    ] as const) {
      const told: Note[] = [];
      const retriever = new FusionRetriever({
        retrievers: { bm25, broken: broken as never },
        timeoutMs: 30,
        onNote: (note) => told.push(note),
      });
      const found = await retriever.invoke('q');
      expect(texts(found)).toEqual(['a', 'b']);
      for (const one of found)
        expect(about(one).notes).toEqual([expect.objectContaining({ code: 'retriever-failed', by: 'broken' })]);
      expect(told[0]!.message).toMatch(why);
    }
  });

  it('keeps the places of a retriever that failed for the others', async () => {
    const retrievers = { broken: failing, vectors };
    const fusion = interleave({ quotas: { broken: 1, vectors: 1 } });
    const found = await new FusionRetriever({ retrievers, fusion }).invoke('q');
    expect(texts(found)).toEqual(['b', 'c']);
    expect(about(found[0]).notes).toMatchObject([{ code: 'retriever-failed', by: 'broken' }]);
    const misspelt = new FusionRetriever({ retrievers, fusion: interleave({ quotas: { brokn: 1 } }) });
    await expect(misspelt.invoke('q')).rejects.toThrow(/no pool of that name/);
  });

  it('gives the list that it gives without a retriever that failed, whatever the fusion', async () => {
    const fusions = [
      borda(),
      borda({ missing: 'zero' }),
      combMnz(),
      combSum({ missing: 'ignore' }),
      coverQuestions(),
      interleave(),
      inverseSquareRank(),
      reciprocalRank(),
    ];
    const lists = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd')), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(lists, fc.constantFrom(...fusions), fc.nat(3), async (given, fusion, at) => {
        const named = given.map((list, index): [string, BaseRetrieverInterface] => [
          `r${index}`,
          gives(...list.map((id) => document(id, {}, id))),
        ]);
        const seen = async (entries: typeof named): Promise<unknown[]> => {
          const retrievers = Object.fromEntries(entries);
          const found = await new FusionRetriever({ retrievers, fusion }).invoke('q');
          return found.map((one) => [one.id, one.metadata['relevanceScore'], about(one).sources]);
        };
        expect(await seen(named.toSpliced(at, 0, ['broken', failing]))).toEqual(await seen(named));
      }),
    );
  });

  it('fails when all fail, and finds nothing where there is nothing', async () => {
    await expect(new FusionRetriever({ retrievers: [failing, failing] }).invoke('q')).rejects.toThrow(/index is gone/);
    expect(await new FusionRetriever({ retrievers: [gives(), gives()] }).invoke('q')).toEqual([]);
  });
});
