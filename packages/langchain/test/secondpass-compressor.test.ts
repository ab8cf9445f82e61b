import { ContextualCompressionRetriever } from '@langchain/classic/retrievers/contextual_compression';
import { DocumentCompressorPipeline } from '@langchain/classic/retrievers/document_compressors';
import { Document, type DocumentInterface } from '@langchain/core/documents';
import { BaseDocumentCompressor } from '@langchain/core/retrievers/document_compressors';
import { FakeRetriever } from '@langchain/core/utils/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecondpassCompressor } from '../src/index.ts';
import { overlapReranker } from '../../../test/small-rerankers.ts';

const documents = [
  new Document({ pageContent: 'Cats sleep all day', metadata: { title: 'Cats', source: 'a.md' }, id: 'a' }),
  new Document({
    pageContent: 'Dune was written by Frank Herbert',
    metadata: { title: 'Dune', source: 'b.md' },
    id: 'b',
  }),
  new Document({ pageContent: 'Frank likes cats', metadata: { source: 'c.md' } }),
];
const query = 'Who was Frank Herbert, writer of Dune';

/** A document as text, without the score: what must come through whole. */
function comparable({ pageContent, id, metadata }: DocumentInterface): string {
  const rest = Object.entries(metadata).filter(([key]) => key !== 'the score');
  return JSON.stringify([pageContent, id, rest]);
}

describe('SecondpassCompressor', () => {
  it('is a compressor in the eyes of the framework', () => {
    expect(
      BaseDocumentCompressor.isBaseDocumentCompressor(new SecondpassCompressor({ reranker: overlapReranker })),
    ).toBe(true);
  });

  it('puts the best first, keeps everything, and writes metadata.relevanceScore', async () => {
    const given: readonly Document[] = Object.freeze([...documents]);
    const found = await new SecondpassCompressor({ reranker: overlapReranker }).compressDocuments(given, query);
    expect(found.map(({ pageContent }) => pageContent)).toEqual([
      documents[1]!.pageContent,
      documents[2]!.pageContent,
      documents[0]!.pageContent,
    ]);
    expect(found[0]).toBeInstanceOf(Document);
    expect(found[0]).toMatchObject({ id: 'b', metadata: { title: 'Dune', source: 'b.md', relevanceScore: 4 / 7 } });
    expect(found[1]!.id).toBeUndefined();
  });

  it('works inside ContextualCompressionRetriever and DocumentCompressorPipeline', async () => {
    const compressor = new SecondpassCompressor({ reranker: overlapReranker, topN: 2, scoreKey: 'score' });
    const retriever = new ContextualCompressionRetriever({
      baseCompressor: new DocumentCompressorPipeline({ transformers: [compressor] }),
      baseRetriever: new FakeRetriever({ output: documents }),
    });
    const found = await retriever.invoke(query);
    expect(found.map(({ metadata }) => metadata)).toEqual([
      { title: 'Dune', source: 'b.md', score: 4 / 7 },
      { source: 'c.md', score: 1 / 7 },
    ]);
  });

  it('reads what the template names', async () => {
    const compressor = new SecondpassCompressor({ reranker: overlapReranker, text: '{title}', topN: 1 });
    expect((await compressor.compressDocuments(documents, 'cats'))[0]!.id).toBe('a');
    expect(() => new SecondpassCompressor({ reranker: overlapReranker, text: 'title' })).toThrow(/no field in "title"/);
  });

  it('keeps ids, metadata and true duplicates, and changes nothing it was given', async () => {
    const document = fc.record(
      {
        pageContent: fc.constantFrom('cats', 'cats sleep', 'dune', '', 'frank'),
        metadata: fc.dictionary(fc.string(), fc.jsonValue()),
        id: fc.constantFrom('x', 'y', 'z'),
      },
      { requiredKeys: ['pageContent', 'metadata'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(document, { maxLength: 12 }), async (given) => {
        const before = structuredClone(given);
        const frozen = given.map((one) => Object.freeze({ ...one, metadata: Object.freeze(one.metadata) }));
        const compressor = new SecondpassCompressor({ reranker: overlapReranker, scoreKey: 'the score' });
        const found = await compressor.compressDocuments(frozen, 'frank cats');
        expect(given).toEqual(before);
        const plain = found.map((one) => comparable(one));
        const wanted = given.map((one) => comparable(one));
        expect(plain.sort()).toEqual(wanted.sort());
      }),
    );
  });
});
