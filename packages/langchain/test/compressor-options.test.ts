import { MultiQueryRetriever } from '@langchain/classic/retrievers/multi_query';
import { Document } from '@langchain/core/documents';
import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons';
import { FakeListChatModel, FakeRetriever } from '@langchain/core/utils/testing';
import type { Reranker } from '@secondpass/core';
import { AsyncLocalStorage } from 'node:async_hooks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecompositionRetriever, RerankingRetriever, SecondpassCompressor } from '../src/index.ts';
import { dyingReranker } from './faulty.ts';
import { overlapReranker } from '../../../test/small-rerankers.ts';

import { compress, documents, idsOf, scoresOf, scoring, sigmoid } from './fixed-scores.ts';

AsyncLocalStorageProviderSingleton.initializeGlobalInstance(new AsyncLocalStorage());

describe('scores', () => {
  it('of cross-encoders are written as probabilities, others as they are', async () => {
    expect(scoresOf(await compress({ reranker: scoring('logit', -1, 3, 0) }))).toEqual([
      sigmoid(3),
      sigmoid(0),
      sigmoid(-1),
    ]);
    expect(scoresOf(await compress({ reranker: scoring('similarity', 12, 30, -4) }))).toEqual([30, 12, -4]);
  });

  it('that are missing stay missing: the document keeps its metadata as it came, below', async () => {
    const found = await compress({ reranker: scoring('logit', undefined, 1, undefined) });
    expect(idsOf(found)).toEqual(['d1', 'd0', 'd2']);
    expect(found.slice(1).map(({ metadata }) => metadata)).toEqual([{ page: 0 }, { page: 2 }]);
  });

  it.each([
    [0.5, ['d1', 'd2']],
    [sigmoid(3), ['d1']],
    [{ kind: 'logit', value: 0 } as const, ['d1', 'd2']],
    [1, []],
  ])('below minScore %o are left out; the threshold itself stays', async (minScore, expected) => {
    expect(idsOf(await compress({ reranker: scoring('logit', -1, 3, 0), minScore }))).toEqual(expected);
  });

  it('at minScore itself stay, on whatever scale it is asked', async () => {
    const logits = fc.double({ min: -40, max: 40, noNaN: true });
    await fc.assert(
      fc.asyncProperty(logits, async (value) => {
        const reranker = scoring('logit', value);
        const given = documents.slice(0, 1);
        const written = scoresOf(await compress({ reranker }, given))[0] as number;
        const thresholds = [written, { kind: 'probability', value: written }, { kind: 'logit', value }] as const;
        for (const minScore of thresholds) expect(await compress({ reranker, minScore }, given)).toHaveLength(1);
      }),
    );
  });

  it.each([
    null,
    '0.5',
    Number.NaN,
    { kind: 'probability' },
    { value: 0.5 },
    { kind: 'probabilty', value: 0.5 },
    { kind: 'probability', value: Number.POSITIVE_INFINITY },
    { kind: 'probability', value: 0.5, of: 1 },
  ])('a minScore that can mean nothing (%o) is refused where it is configured', (minScore) => {
    const options = { reranker: dyingReranker, minScore: minScore as never };
    const retriever = new FakeRetriever({ output: documents });
    for (const configure of [
      () => new SecondpassCompressor(options),
      () => new RerankingRetriever({ ...options, retriever }),
      () => new DecompositionRetriever({ ...options, retrievers: retriever }),
    ])
      expect(configure).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });

  it('that do not convert into the kind of minScore are an error, not a guess', async () => {
    const minScore = { kind: 'probability', value: 0.5 } as const;
    await expect(compress({ reranker: scoring('similarity', 1, 2, 3), minScore })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    expect(idsOf(await compress({ reranker: scoring('similarity', 1, 2, 3), minScore: 2 }))).toEqual(['d2', 'd1']);
  });
});

describe("what the framework's own rerankers promise", () => {
  it('no documents in, none out, whatever the query', async () => {
    expect(await compress({ reranker: dyingReranker }, [], '')).toEqual([]);
  });

  it('topN of 0 keeps nothing, more than there are keeps all; k results are a prefix', async () => {
    const all = await compress({ reranker: scoring('logit', 1, 3, 2) });
    for (const topN of [0, 1, 2, 3, 99])
      expect(await compress({ reranker: scoring('logit', 1, 3, 2), topN })).toEqual(all.slice(0, topN));
  });

  it('as the compressor of MultiQueryRetriever it sees each document once and the original question', async () => {
    const asked: string[] = [];
    const seen: Reranker = {
      name: 'seen',
      rerank: (query, candidates, options) => (
        asked.push(`${String(query)} ${candidates.length}`),
        overlapReranker.rerank(query, candidates, options)
      ),
    };
    const retriever = MultiQueryRetriever.fromLLM({
      llm: new FakeListChatModel({ responses: ['<questions>\none\ntwo\n</questions>'] }),
      retriever: new FakeRetriever({ output: documents }),
      documentCompressor: new SecondpassCompressor({ reranker: seen, topN: 1 }),
    });
    expect(idsOf(await retriever.invoke('second'))).toEqual(['d1']);
    expect(asked).toEqual(['second 3']);
  });

  it('10,000 documents come back, each once', async () => {
    const many = Array.from(
      { length: 10_000 },
      (_, index) => new Document({ pageContent: `document ${index}`, id: String(index) }),
    );
    const found = await compress({ reranker: overlapReranker }, many, 'document 7777');
    expect(found[0]!.id).toBe('7777');
    expect(new Set(idsOf(found)).size).toBe(10_000);
  });

  it('fields beyond those of a document, and documents that are plain objects, come through', async () => {
    const plain = [{ pageContent: 'a', metadata: { deep: { list: [1] } }, extra: 'kept' }] as unknown as Document[];
    const [found] = await compress({ reranker: scoring('logit', 1) }, plain);
    expect(found).toMatchObject({ extra: 'kept', metadata: { deep: { list: [1] } } });
  });
});
