import { Document } from '@langchain/core/documents';
import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons';
import { byScore, type Note } from '@secondpass/core';
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import type { SecondpassMetadata } from '../src/index.ts';
import { dyingReranker } from './faulty.ts';

import { about, compress, documents, idsOf, scoring, sigmoid } from './fixed-scores.ts';

AsyncLocalStorageProviderSingleton.initializeGlobalInstance(new AsyncLocalStorage());

const scoreKey = 'relevanceScore';

describe('details', () => {
  it('say kind, logit, places before and after, and notes; without them the metadata holds the score alone', async () => {
    const found = await compress({ reranker: scoring('logit', -1, 3, 0), details: true });
    expect(found.map(about)).toEqual([
      { by: 'fixed', scoreKey, kind: 'probability', logit: 3, before: 2, after: 1 },
      { by: 'fixed', scoreKey, kind: 'probability', logit: 0, before: 3, after: 2 },
      { by: 'fixed', scoreKey, kind: 'probability', logit: -1, before: 1, after: 3 },
    ]);
    const plain = await compress({ reranker: scoring('logit', -1, 3, 0) });
    expect(plain[0]!.metadata).toEqual({ page: 1, relevanceScore: sigmoid(3) });
  });

  it('hand on the best passage', async () => {
    const passage = { start: 3, end: 5 };
    const reranker = byScore({
      name: 'passages',
      kind: 'probability',
      pointwise: true,
      score: async (_, { length }) => ({
        value: { scores: documents.slice(0, length).map(() => 1), details: documents.map(() => ({ passage })) },
      }),
    });
    expect(about((await compress({ reranker, details: true }))[0]).passage).toEqual(passage);
  });

  it('put a note on the documents it is about', async () => {
    const twice = [...documents, documents[0]!];
    const found = await compress({ reranker: scoring('logit', 1, 2, 3, 1), details: true }, twice);
    expect(found).toHaveLength(4);
    expect(found.map((one) => about(one).notes?.map(({ code }) => code))).toEqual([
      undefined,
      undefined,
      undefined,
      ['duplicate-id'],
    ]);
  });

  it('do not take documents without text and id for one another', async () => {
    const pictures = [1, 2].map((n) => new Document({ pageContent: '', metadata: { image: n } }));
    const unread = ['a', 'b'].map((title) => ({ metadata: { title } }));
    const loaded = ['a', 'b'].map((pageContent) => ({ pageContent, metadata: {}, id: null }));
    for (const given of [pictures, loaded, unread]) {
      const told: Note[] = [];
      const options = {
        reranker: scoring('similarity', 1, 2),
        text: () => 'read',
        onNote: (note: Note) => void told.push(note),
      };
      await compress(options, given as never);
      expect(told).toEqual([]);
    }
  });

  it('add to what an earlier reranker of this package has said', async () => {
    const first = await compress({ reranker: dyingReranker });
    const found = await compress({ reranker: scoring('logit', 1, 2, 3), details: true }, first as Document[]);
    expect(about(found[0])).toMatchObject({ by: 'fixed', notes: [{ code: 'fell-back', by: 'dying' }] });
  });
});

describe('details of an earlier rerank', () => {
  const passage = { start: 0, end: 2 };
  const first = byScore({
    name: 'first',
    kind: 'logit',
    pointwise: true,
    score: async () => ({ value: { scores: [1, 2, 3], details: documents.map(() => ({ passage })) } }),
  });
  const detailed = async (): Promise<Document[]> => {
    const found = await compress({ reranker: first, details: true });
    return found.map((one) => new Document({ ...one, metadata: { ...one.metadata } }));
  };

  it('go with the score that they were about', async () => {
    const found = await compress({ reranker: scoring('similarity', 1, 2, 3), details: true }, await detailed());
    expect(found.map(about)).toEqual([
      { by: 'fixed', scoreKey, kind: 'similarity', before: 3, after: 1 },
      { by: 'fixed', scoreKey, kind: 'similarity', before: 2, after: 2 },
      { by: 'fixed', scoreKey, kind: 'similarity', before: 1, after: 3 },
    ]);
  });

  it('go without details too, and the key with the last of them', async () => {
    const found = await compress({ reranker: scoring('similarity', 1, 2, 3) }, await detailed());
    expect(found.map(({ metadata }) => metadata)).toStrictEqual([
      { page: 0, relevanceScore: 3 },
      { page: 1, relevanceScore: 2 },
      { page: 2, relevanceScore: 1 },
    ]);
  });

  it('stay where nothing was scored anew, and go with the score where something was', async () => {
    const before = await detailed();
    const kept = await compress({ reranker: dyingReranker }, before);
    for (const [at, one] of kept.entries()) {
      expect(about(one)).toMatchObject(about(before[at]));
      expect(about(one).notes).toHaveLength(1);
    }
    const half = await compress({ reranker: scoring('similarity', 1, undefined, 2) }, before);
    expect(half.map(({ metadata }) => metadata)).toStrictEqual([
      { page: 0, relevanceScore: 2 },
      { page: 2, relevanceScore: 1 },
      { page: 1 },
    ]);
  });

  it('do not take sources, key and notes with them', async () => {
    const said = {
      by: 'old',
      sources: [{ retriever: 'bm25', rank: 1 }],
      key: 'id',
      notes: [{ code: 'x', by: 'y', message: 'z' }],
    };
    const given = [new Document({ pageContent: 'a', metadata: { secondpass: said } })];
    const { by: _, ...staying } = said;
    expect(about((await compress({ reranker: scoring('similarity', 1) }, given))[0])).toEqual({ ...staying, scoreKey });
  });

  it.each(['worker-lost', 'malformed-answer', 'timed-out'])(
    'a note of %s stands there without details',
    async (code) => {
      const note: Note = { code, by: 'half', message: 'one was not scored', ids: ['0'] };
      const score = async () => ({ value: { scores: [undefined, 2, 1] }, notes: [note] });
      const found = await compress({ reranker: byScore({ name: 'half', kind: 'logit', pointwise: true, score }) });
      expect(idsOf(found)).toEqual(['d1', 'd2', 'd0']);
      expect(found.map(({ metadata }) => (metadata as { secondpass?: SecondpassMetadata }).secondpass?.notes)).toEqual([
        undefined,
        undefined,
        [{ code, by: 'half', message: 'one was not scored' }],
      ]);
    },
  );
});
