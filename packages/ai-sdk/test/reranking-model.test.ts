import { byScore, SecondpassError } from '@secondpass/core';
import { rerank } from 'ai';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { rerankingModel } from '../src/index.ts';
import { dyingReranker, hangingReranker, overlapReranker } from '../../../test/small-rerankers.ts';

// The SDK prints warnings unless told otherwise.
(globalThis as { AI_SDK_LOG_WARNINGS?: unknown }).AI_SDK_LOG_WARNINGS = false;

const documents = ['Cats sleep all day', 'Dune was written by Frank Herbert', 'Frank likes cats'];
const query = 'Who was Frank Herbert, writer of Dune';
const model = rerankingModel(overlapReranker);

describe("rerankingModel with the SDK's own rerank()", () => {
  it('ranks texts, best first, keeping all', async () => {
    const { ranking, rerankedDocuments, originalDocuments, response } = await rerank({ model, query, documents });
    expect(ranking.map(({ originalIndex }) => originalIndex)).toEqual([1, 2, 0]);
    expect(ranking[0]).toEqual({ originalIndex: 1, score: 4 / 7, document: documents[1] });
    expect(rerankedDocuments).toEqual([documents[1], documents[2], documents[0]]);
    expect(originalDocuments).toEqual(documents);
    expect(response.modelId).toBe('word-overlap');
  });

  it('keeps the best topN, which is a prefix', async () => {
    const { ranking } = await rerank({ model, query, documents, topN: 2 });
    expect(ranking.map(({ originalIndex }) => originalIndex)).toEqual([1, 2]);
  });

  it('ranks JSON documents by the text of their fields, or by what a function reads', async () => {
    const objects = [
      { title: 'Cats', meta: { tags: ['sleep', 'day'], author: null } },
      { title: 'Dune', meta: { tags: ['novel'], author: 'Frank Herbert' } },
    ];
    const { ranking } = await rerank({ model, query, documents: objects });
    expect(ranking[0]!.document).toEqual(objects[1]);
    const seen: string[] = [];
    const reading = rerankingModel({
      name: 'reading',
      rerank: async (_, candidates) => (
        seen.push(...candidates.map(({ content }) => String(content))),
        { results: [], notes: [], runs: [] }
      ),
    });
    await rerank({ model: reading, query, documents: objects });
    expect(seen).toEqual([
      'title: Cats\nmeta:\n  tags: sleep, day',
      'title: Dune\nmeta:\n  tags: novel\n  author: Frank Herbert',
    ]);
    for (const text of [({ title }: Record<string, unknown>) => String(title), ['title'], '{title}']) {
      const titles = rerankingModel(overlapReranker, { text });
      expect((await rerank({ model: titles, query: 'cats', documents: objects })).ranking[0]!.score).toBe(1);
    }
  });

  it('returns nothing for nothing', async () => {
    expect((await rerank({ model, query, documents: [] })).ranking).toEqual([]);
  });

  it('writes logits as probabilities and says so in the metadata', async () => {
    const logits = byScore({
      name: 'logits',
      kind: 'logit',
      pointwise: true,
      score: async () => ({ value: { scores: [-2, 0, 3] } }),
    });
    const { ranking, providerMetadata } = await rerank({ model: rerankingModel(logits), query, documents });
    expect(ranking.map(({ score }) => score)).toEqual([3, 0, -2].map((logit) => 1 / (1 + Math.exp(-logit))));
    expect(providerMetadata).toMatchObject({
      secondpass: { results: [{ index: 2, kind: 'logit', value: 3, by: 'logits' }, {}, {}], runs: [{ by: 'logits' }] },
    });
    expect(() => JSON.stringify(providerMetadata)).not.toThrow();
  });

  it('leaves unscored documents below, with -Infinity and a warning, and keeps them under minScore', async () => {
    const partial = byScore({
      name: 'partial',
      kind: 'probability',
      pointwise: true,
      score: async () => ({ value: { scores: [undefined, 0.2, 0.9] } }),
    });
    const call = { documents: { type: 'text' as const, values: documents }, query };
    const { ranking, warnings } = await rerankingModel(partial, {
      minScore: { kind: 'probability', value: 0.5 },
    }).doRerank(call);
    expect(ranking).toEqual([
      { index: 2, relevanceScore: 0.9 },
      { index: 0, relevanceScore: -Infinity },
    ]);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^unscored: /),
      expect.stringMatching(/^unscored: /),
    ]);
  });

  it('hands warnings to the SDK', async () => {
    const log = vi.fn<(call: { warnings: unknown[] }) => void>();
    (globalThis as { AI_SDK_LOG_WARNINGS?: unknown }).AI_SDK_LOG_WARNINGS = log;
    await rerank({ model, query, documents: ['same', 'same'] });
    (globalThis as { AI_SDK_LOG_WARNINGS?: unknown }).AI_SDK_LOG_WARNINGS = false;
    expect(log.mock.calls[0]![0].warnings).toEqual([
      { type: 'other', message: expect.stringMatching(/^duplicate-id: 1 document/) },
    ]);
  });

  it.each([
    ['title', ['title']],
    ['title', ({ title }: Record<string, unknown>) => String(title)],
    ['all', undefined],
  ])('warns of documents that stand there twice, not of those that read the same (%s)', async (_, text) => {
    const values = ['cat', 'dog', 'cat'].map((body, index) => ({
      title: 'Invoice',
      body,
      lines: [{ index: index % 2 }],
    }));
    const warningsOf = async (documents: Record<string, unknown>[]): Promise<string[]> => {
      const call = { documents: { type: 'object' as const, values: documents }, query: 'invoice' };
      return (await rerankingModel(overlapReranker, { text }).doRerank(call)).warnings.map(({ message }) => message);
    };
    expect(await warningsOf(values.slice(0, 2))).toEqual([]);
    expect(await warningsOf(values)).toEqual([expect.stringMatching(/^duplicate-id: 1 document/)]);
    const loop: Record<string, unknown> = { title: 'Invoice', body: 'cat' };
    loop['lines'] = text && loop;
    expect(await warningsOf([values[0]!, loop])).toEqual([]);
  });

  it.each([
    ['dies', dyingReranker],
    ['hangs', hangingReranker],
  ])('keeps the order, with a warning, when the reranker %s', async (_, reranker) => {
    const call = { documents: { type: 'text' as const, values: documents }, query, topN: 2 };
    const { ranking, warnings } = await rerankingModel(reranker, { timeoutMs: 20 }).doRerank(call);
    expect(ranking.map(({ index }) => index)).toEqual([0, 1]);
    expect(warnings[0]!.message).toMatch(/^fell-back: /);
    const throwing = rerankingModel(reranker, { timeoutMs: 20, onError: 'throw' });
    await expect(throwing.doRerank(call)).rejects.toThrow();
  });

  it('ends with the abort signal', async () => {
    const call = { model: rerankingModel(hangingReranker), query, documents, abortSignal: AbortSignal.timeout(20) };
    await expect(rerank(call)).rejects.toThrow(/abort|timeout/i);
  });

  it('keeps true duplicates and every index once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('cats', 'dune', 'frank cats', ''), { minLength: 1, maxLength: 30 }),
        fc.nat(30),
        async (values, topN) => {
          const call = {
            documents: { type: 'text' as const, values: Object.freeze(values) as string[] },
            query: 'frank cats',
          };
          const { ranking } = await model.doRerank(call);
          expect(ranking.map(({ index }) => index).sort((a, b) => a - b)).toEqual(values.map((_, index) => index));
          expect((await model.doRerank({ ...call, topN })).ranking).toEqual(ranking.slice(0, topN));
        },
      ),
    );
  });

  it('ranks 10,000 documents', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `document ${index}`);
    const { ranking } = await rerank({ model, query: 'document 7777', documents: many });
    expect(ranking).toHaveLength(10_000);
    expect(ranking[0]!.originalIndex).toBe(7777);
  });

  it('is a model of specification v3 unless v4 is asked for, and refuses what it does not know', () => {
    expect(model).toMatchObject({ specificationVersion: 'v3', provider: 'secondpass', modelId: 'word-overlap' });
    expect(rerankingModel(overlapReranker, { specification: 'v4' }).specificationVersion).toBe('v4');
    expect(() => rerankingModel(overlapReranker, { topN: 3 } as never)).toThrow(SecondpassError);
    expect(() => rerankingModel(undefined as never)).toThrow(/takes a reranker/);
    for (const minScore of [0.5, null, { kind: 'probability' }, { value: 0.5 }, { kind: 'percent', value: 1 }]) {
      expect(() => rerankingModel(overlapReranker, { minScore } as never)).toThrow(/minScore/);
    }
    expect(() => rerankingModel(overlapReranker, { specification: 'v5' as never })).toThrow(/specification is "v5"/);
    expect(() => rerankingModel(overlapReranker, { onError: 'ignore' as never })).toThrow(/onError is "ignore"/);
  });
});
