import { Document } from '@langchain/core/documents';
import { FakeRetriever } from '@langchain/core/utils/testing';
import { byScore, firstStage, logisticBlend, type Note } from '@secondpass/core';
import { expect, it } from 'vitest';
import { RerankingRetriever, SecondpassCompressor } from '../src/index.ts';
import { wordOverlap } from '../../../test/small-rerankers.ts';
import { idsOf } from './fixed-scores.ts';

// As the BM25 retriever of the framework gives them when asked for scores.
const documents = [
  new Document({ pageContent: 'sand', metadata: { bm25Score: 1 }, id: 'a' }),
  new Document({ pageContent: 'sand', metadata: { bm25Score: 9 }, id: 'b' }),
  new Document({ pageContent: 'sand', metadata: { bm25Score: 'high' }, id: 'c' }),
];
const terms = [{ scorer: wordOverlap, weight: 1 }, { scorer: firstStage(), weight: 1, saturation: 9, absent: 'usual' as const }]; // prettier-ignore
const reranker = byScore(logisticBlend(terms, { intercept: 0 }));

it.each(['compressor', 'retriever'])(
  'a %s gives the reranker the first-stage scores that scoreFrom names',
  async (as) => {
    const notes: Note[] = [];
    const options = { reranker, scoreFrom: 'bm25Score', onNote: (note: Note) => void notes.push(note) };
    const retriever = new FakeRetriever({ output: documents });
    const found =
      as === 'retriever'
        ? await new RerankingRetriever({ ...options, retriever }).invoke('sand')
        : await new SecondpassCompressor(options).compressDocuments(documents, 'sand');
    expect(idsOf(found)).toEqual(['b', 'a', 'c']);
    expect(found.map(({ metadata }) => metadata['bm25Score'] as unknown)).toEqual([9, 1, 'high']);
    expect(notes.map(({ code }) => code)).toEqual([]);
    expect(idsOf(await new SecondpassCompressor({ reranker }).compressDocuments(documents, 'sand'))).toEqual([
      'a',
      'b',
      'c',
    ]);
  },
);

it('says where no document has a score under that key', async () => {
  const notes: Note[] = [];
  const onNote = (note: Note): void => void notes.push(note);
  await new SecondpassCompressor({ reranker, scoreFrom: 'bm25score', onNote }).compressDocuments(documents, 'sand');
  expect(notes).toMatchObject([{ code: 'partly-scored', message: expect.stringContaining('metadata.bm25score') }]);
  await new SecondpassCompressor({ reranker, scoreFrom: 'bm25Score', onNote }).compressDocuments(documents, 'sand');
  expect(notes).toHaveLength(1);
});
