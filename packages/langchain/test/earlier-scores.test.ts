import { Document, type DocumentInterface } from '@langchain/core/documents';
import { describe, expect, it } from 'vitest';
import { DecompositionRetriever, FusionRetriever, RerankingRetriever } from '../src/index.ts';
import { dyingReranker } from './faulty.ts';
import { about, compress, documents, scoresOf, scoring, sigmoid } from './fixed-scores.ts';
import { gives } from './small-retrievers.ts';
import { parts } from './word-retriever.ts';

const one = scoring('logit', 2, undefined, undefined);
const copies = (found: readonly DocumentInterface[]): Document[] =>
  found.map((document) => new Document({ ...document, metadata: { ...document.metadata } }));

describe('an earlier score of this package, on a document that the reranker gives none', () => {
  it('goes, a fused one too; all else stays, and so does what was passed in', async () => {
    const fusion = new FusionRetriever({ retrievers: [gives(...documents), gives(...documents)] });
    const found = await new RerankingRetriever({ retriever: fusion, reranker: one, minScore: 0.5 }).invoke('q');
    expect(scoresOf(found)).toEqual([sigmoid(2), undefined, undefined]);
    for (const document of found.slice(1)) {
      expect(document.metadata).not.toHaveProperty('relevanceScore');
      expect(document.metadata).toHaveProperty('page');
      expect(about(document).sources).toHaveLength(2);
    }
    const fused = await fusion.invoke('q');
    const before = structuredClone(fused.map(({ metadata }) => metadata));
    await compress({ reranker: one }, fused as Document[]);
    expect(fused.map(({ metadata }) => metadata)).toEqual(before);
  });

  it('goes without details, after a rerank that only passed it on, and under a key of its own', async () => {
    const scoreKey = 'score';
    const first = await compress({ reranker: scoring('similarity', 3, 2, 1), scoreKey });
    const passed = await compress({ reranker: dyingReranker, scoreKey }, first as Document[]);
    expect(passed.map(({ metadata }) => metadata['score'])).toEqual([3, 2, 1]);
    const found = await compress({ reranker: one, scoreKey }, passed as Document[]);
    expect(found.map(({ metadata }) => metadata['score'])).toEqual([sigmoid(2), undefined, undefined]);
  });

  it('goes from a copy that says it was reranked, with what was said of that score', async () => {
    const first = await compress({ reranker: scoring('similarity', 3, 2, 1), details: true });
    const found = await compress({ reranker: one }, copies(first));
    expect(found[1]!.metadata).toEqual({ page: 1 });
  });

  it('goes where the threshold left out all that was scored', async () => {
    const first = await compress({ reranker: scoring('similarity', 3, 2, 1) });
    const found = await compress({ reranker: one, minScore: 0.99 }, first as Document[]);
    expect(found.map(({ metadata }) => metadata)).toEqual([{ page: 1 }, { page: 2 }]);
  });

  it('stays where nothing was scored', async () => {
    const first = await compress({ reranker: scoring('similarity', 3, 2, 1) });
    expect(scoresOf(await compress({ reranker: dyingReranker }, first as Document[]))).toEqual([3, 2, 1]);
  });
});

describe("somebody else's value under the key of the score", () => {
  it('stays on a document that the reranker gives none', async () => {
    const theirs = documents.map((document) => new Document({ ...document, metadata: { relevanceScore: 0.7 } }));
    expect(scoresOf(await compress({ reranker: one }, theirs))).toEqual([sigmoid(2), 0.7, 0.7]);
  });

  it('is none where a document comes without metadata', async () => {
    const bare = [{ pageContent: 'a' }, { pageContent: 'b' }] as Document[];
    expect(scoresOf(await compress({ reranker: scoring('logit', 2, undefined) }, bare))).toEqual([
      sigmoid(2),
      undefined,
    ]);
  });
});

describe("somebody else's score on a document that this package has said something of", () => {
  const theirs = [0.7, 0.6].map(
    (relevanceScore, at) => new Document({ pageContent: `text ${at}`, id: `d${at}`, metadata: { relevanceScore } }),
  );
  const half = scoring('logit', 2, undefined);

  it('stays after a retriever that says sources and gives no score', async () => {
    const retriever = new DecompositionRetriever({ retrievers: gives(...theirs), decomposer: parts() });
    const found = await retriever.invoke('q');
    expect(scoresOf(found)).toEqual([0.7, 0.6]);
    expect(about(found[0])).not.toHaveProperty('scoreKey');
    expect(scoresOf(await compress({ reranker: half }, found as Document[]))).toEqual([sigmoid(2), 0.6]);
    expect(scoresOf(await compress({ reranker: half }, copies(found)))).toEqual([sigmoid(2), 0.6]);
  });

  it('stays after a rerank with details that wrote its score under another key', async () => {
    const reranker = scoring('similarity', 3, 2);
    const found = await compress({ reranker, details: true, scoreKey: 'mine' }, theirs);
    expect(about(found[0]).scoreKey).toBe('mine');
    expect(scoresOf(await compress({ reranker: half }, copies(found)))).toEqual([sigmoid(2), 0.6]);
  });
});

describe('a score under another key of this package', () => {
  it.each([true, false])('is known after a rerank under a second key left it (details: %s)', async (details) => {
    const first = await compress({ reranker: scoring('similarity', 3, 2, 1), scoreKey: 'mine', details });
    const second = await compress({ reranker: one, details }, first as Document[]);
    const third = await compress({ reranker: one, scoreKey: 'mine', details }, second as Document[]);
    expect(third.map(({ metadata }) => metadata['mine'])).toEqual([sigmoid(2), undefined, undefined]);
  });
});
