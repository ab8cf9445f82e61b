import { type Content, type Reranker } from '@secondpass/core';
import { rerank } from 'ai';
import { describe, expect, it } from 'vitest';
import { rerankingModel, type JsonDocument, type RerankingModelOptions } from '../src/index.ts';
import { overlapReranker, reading } from '../../../test/small-rerankers.ts';

// The SDK prints warnings unless told otherwise.
(globalThis as { AI_SDK_LOG_WARNINGS?: unknown }).AI_SDK_LOG_WARNINGS = false;

const documents = [{ parts: ['cats'] }, { title: 'two' }, { parts: ['dune'], summary: 'dune' }];
const summary = (document: JsonDocument): string => document['summary'] as string;
const joined = (document: JsonDocument): string => (document['parts'] as string[]).join(' ');
const ask = (options: RerankingModelOptions<'v3'>, reranker: Reranker = overlapReranker) =>
  rerank({ model: rerankingModel(reranker, options), query: 'dune', documents });

describe('a text function', () => {
  it('that gives nothing for a document leaves that one without text', async () => {
    const { ranking } = await ask({ text: summary });
    expect(ranking.map(({ originalIndex }) => originalIndex)).toEqual([2, 0, 1]);
  });

  it('that throws leaves the order as it came, with a note that names the document', async () => {
    const { ranking, providerMetadata } = await ask({ text: joined });
    expect(ranking.map(({ originalIndex }) => originalIndex)).toEqual([0, 1, 2]);
    const message = expect.stringMatching(/failed for document 2: .*join.* '' where there is no text\./);
    expect(providerMetadata).toMatchObject({ secondpass: { notes: [{ code: 'fell-back', message }] } });
  });

  it('that throws is an error, with its cause, where that is asked for', async () => {
    await expect(ask({ text: joined, onError: 'throw' })).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/document 2/),
      cause: expect.any(TypeError),
    });
  });

  it('may give parts, which the reranker gets as they are', async () => {
    const { read, reranker } = reading();
    const content: Content = [{ type: 'text', text: 'dune' }];
    await ask({ text: () => content }, reranker);
    expect(read).toEqual([content, content, content]);
  });

  it('that gives what is no text is wrong in itself', async () => {
    await expect(ask({ text: () => 2024 as never })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(/gave a number for document 1/),
    });
  });
});
