import { Document } from '@langchain/core/documents';
import { type Content, type Note } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { DecompositionRetriever, RerankingRetriever, SecondpassCompressor } from '../src/index.ts';
import { overlapReranker, reading } from '../../../test/small-rerankers.ts';
import { about, idsOf } from './fixed-scores.ts';
import { gives } from './small-retrievers.ts';
import { parts } from './word-retriever.ts';

const documents = [
  new Document({ pageContent: 'one', id: 'a', metadata: { parts: ['cats'] } }),
  new Document({ pageContent: 'two', id: 'b' }),
  new Document({ pageContent: 'three', id: 'c', metadata: { parts: ['dune', 'frank'], summary: 'dune' } }),
];
const summary = ({ metadata }: { metadata: Record<string, unknown> }): string => metadata['summary'] as string;
const joined = ({ metadata }: { metadata: Record<string, unknown> }): string =>
  (metadata['parts'] as string[]).join(' ');

/** Everything that reranks, with this text function. */
function rerankers(text: (document: { metadata: Record<string, unknown> }) => Content, more: object = {}) {
  const notes: Note[] = [];
  const options = { reranker: overlapReranker, text, onNote: (note: Note) => void notes.push(note), ...more };
  const retriever = gives(...documents);
  const compressor = new SecondpassCompressor(options);
  const reranking = new RerankingRetriever({ ...options, retriever });
  const decomposing = new DecompositionRetriever({ ...options, retrievers: retriever, decomposer: parts() });
  return {
    notes,
    ask: [
      () => compressor.compressDocuments(documents, 'dune'),
      () => reranking.invoke('dune'),
      () => decomposing.invoke('dune'),
    ],
  };
}

describe('a text function', () => {
  it('that gives nothing for a document leaves that one without text', async () => {
    for (const ask of rerankers(summary).ask) expect(idsOf(await ask())).toEqual(['c', 'a', 'b']);
  });

  it('that throws leaves the documents as they came, with a note that names the one', async () => {
    const { ask, notes } = rerankers(joined);
    for (const answer of ask) {
      const found = await answer();
      expect(idsOf(found)).toEqual(['a', 'b', 'c']);
      expect(about(found[0]).notes).toMatchObject([{ code: 'fell-back', by: 'word-overlap' }]);
      expect(found[0]!.metadata).not.toHaveProperty('relevanceScore');
    }
    expect(notes).toHaveLength(3);
    for (const { message } of notes)
      expect(message).toMatch(/failed for document 2 \(id "b"\): .*join.* '' where there is no text\./);
  });

  it('that throws is an error, with its cause, where that is asked for', async () => {
    for (const ask of rerankers(joined, { onError: 'throw' }).ask)
      await expect(ask()).rejects.toMatchObject({
        code: 'failed',
        message: expect.stringMatching(/document 2 \(id "b"\)/),
        cause: expect.any(TypeError),
      });
  });

  it('may give parts, which the reranker gets as they are', async () => {
    const { read, reranker } = reading();
    const content: Content = [{ type: 'text', text: 'dune' }];
    for (const ask of rerankers(() => content, { reranker }).ask) await ask();
    expect(read).toEqual(Array.from({ length: 9 }, () => content));
  });

  it('that gives what is no text is wrong in itself', async () => {
    for (const ask of rerankers(() => 2024 as never).ask)
      await expect(ask()).rejects.toMatchObject({
        code: 'invalid-argument',
        message: expect.stringMatching(/gave a number for document 1 \(id "a"\)/),
      });
  });
});
