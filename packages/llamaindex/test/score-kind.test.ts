import { byScore, firstStage, logisticBlend, type Note } from '@secondpass/core';
import { TextNode } from 'llamaindex';
import { expect, it } from 'vitest';
import { SecondpassPostprocessor } from '../src/index.ts';
import { DecompositionRetriever, RerankingRetriever } from '../src/retrievers/index.ts';
import { wordOverlap } from '../../../test/small-rerankers.ts';
import { WordRetriever } from './stand-ins.ts';

const node = (id: string): TextNode => new TextNode({ text: 'sand', id_: id });
const found = [{ node: node('a'), score: 1 }, { node: node('b'), score: 9 }, { node: node('c') }];
const terms = [{ scorer: wordOverlap, weight: 1 }, { scorer: firstStage(), weight: 1, saturation: 9, absent: 'usual' as const }]; // prettier-ignore
const reranker = byScore(logisticBlend(terms, { intercept: 0 }));

class Found extends WordRetriever {
  override async _retrieve(): Promise<typeof found> {
    return found;
  }
}

async function order(options: { scoreKind?: 'retrieval' | 'similarity'; onNote?: (note: Note) => void }) {
  const reranked = await new SecondpassPostprocessor({ reranker, ...options }).postprocessNodes(found, 'sand');
  const retrieved = await new RerankingRetriever({ reranker, retriever: new Found(), ...options }).retrieve('sand');
  const ids = reranked.map(({ node: { id_: id } }) => id);
  expect(retrieved.map(({ node: { id_: id } }) => id)).toEqual(ids);
  return ids;
}

it('gives the reranker the scores that nodes come with where it is said what they are', async () => {
  expect(await order({})).toEqual(['a', 'b', 'c']);
  expect(await order({ scoreKind: 'retrieval' })).toEqual(['b', 'a', 'c']);
});

it('says where no node has a score', async () => {
  const notes: Note[] = [];
  const options = { reranker, scoreKind: 'retrieval' as const, onNote: (note: Note) => void notes.push(note) };
  await new SecondpassPostprocessor(options).postprocessNodes([{ node: node('a') }, { node: node('b') }], 'sand');
  expect(notes).toMatchObject([{ code: 'partly-scored', message: expect.stringContaining('scoreKind') }]);
});

it('refuses what is no kind of a first stage, and where retrievers say it themselves', () => {
  expect(() => new SecondpassPostprocessor({ reranker, scoreKind: 'bm25' as 'retrieval' })).toThrow(
    "scoreKind is \"bm25\"; it is 'retrieval' or 'similarity'.",
  );
  const retrievers = { words: new WordRetriever() };
  const options = { reranker, retrievers, scoreKind: 'retrieval' };
  expect(() => new DecompositionRetriever(options)).toThrow('scoreKind');
});
