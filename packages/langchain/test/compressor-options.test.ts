import { ContextualCompressionRetriever } from '@langchain/classic/retrievers/contextual_compression';
import { MultiQueryRetriever } from '@langchain/classic/retrievers/multi_query';
import { Document, type DocumentInterface } from '@langchain/core/documents';
import { RunnableLambda } from '@langchain/core/runnables';
import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons';
import { RunCollectorCallbackHandler } from '@langchain/core/tracers/run_collector';
import { FakeListChatModel, FakeRetriever } from '@langchain/core/utils/testing';
import { byScore, type Note, type Reranker, type ScoreKind } from '@secondpass/core';
import { AsyncLocalStorage } from 'node:async_hooks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DecompositionRetriever,
  RerankingRetriever,
  SecondpassCompressor,
  type SecondpassCompressorOptions,
  type SecondpassMetadata,
} from '../src/index.ts';
import { dyingReranker, hangingReranker } from './faulty.ts';
import { overlapReranker } from '../../../test/small-rerankers.ts';

AsyncLocalStorageProviderSingleton.initializeGlobalInstance(new AsyncLocalStorage());

const documents = ['first', 'second', 'third'].map(
  (pageContent, page) => new Document({ pageContent, metadata: { page }, id: `d${page}` }),
);
const scoring = (kind: ScoreKind, ...scores: (number | undefined)[]): Reranker =>
  byScore({ name: 'fixed', kind, pointwise: true, score: async () => ({ value: { scores } }) });
const compress = (
  options: SecondpassCompressorOptions,
  given: Document[] = documents,
  query = 'q',
): Promise<DocumentInterface[]> => new SecondpassCompressor(options).compressDocuments(given, query);
const scoresOf = (found: readonly DocumentInterface[]): unknown[] =>
  found.map(({ metadata }) => (metadata as { relevanceScore?: number }).relevanceScore);
const idsOf = (found: readonly DocumentInterface[]): (string | undefined)[] => found.map(({ id }) => id);
const about = (found: DocumentInterface | undefined): SecondpassMetadata =>
  (found!.metadata as { secondpass: SecondpassMetadata }).secondpass;
const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

const throwing = (): never => {
  throw new Error('observer');
};

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

describe('details', () => {
  it('say kind, logit, places before and after, and notes; without them the metadata holds the score alone', async () => {
    const found = await compress({ reranker: scoring('logit', -1, 3, 0), details: true });
    expect(found.map(about)).toEqual([
      { by: 'fixed', kind: 'probability', logit: 3, before: 2, after: 1 },
      { by: 'fixed', kind: 'probability', logit: 0, before: 3, after: 2 },
      { by: 'fixed', kind: 'probability', logit: -1, before: 1, after: 3 },
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
      { by: 'fixed', kind: 'similarity', before: 3, after: 1 },
      { by: 'fixed', kind: 'similarity', before: 2, after: 2 },
      { by: 'fixed', kind: 'similarity', before: 1, after: 3 },
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

  it('stay where nobody placed the document anew: its score is still that one', async () => {
    const before = await detailed();
    const kept = await compress({ reranker: dyingReranker }, before);
    for (const [at, one] of kept.entries()) {
      expect(about(one)).toMatchObject(about(before[at]));
      expect(about(one).notes).toHaveLength(1);
    }
    const half = await compress({ reranker: scoring('similarity', 1, undefined, 2) }, before);
    expect(half.map((one) => one.metadata['relevanceScore'])).toEqual([2, 1, before[1]!.metadata['relevanceScore']]);
    expect(half[2]!.metadata).toEqual(before[1]!.metadata);
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
    expect(about((await compress({ reranker: scoring('similarity', 1) }, given))[0])).toEqual(staying);
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

describe('in traces and time', () => {
  it('a compressor in ContextualCompressionRetriever is a child run with inputs and outputs', async () => {
    const collector = new RunCollectorCallbackHandler();
    const retriever = new ContextualCompressionRetriever({
      baseCompressor: new SecondpassCompressor({ reranker: scoring('logit', 1, 2, 3) }),
      baseRetriever: new FakeRetriever({ output: documents }),
    });
    await retriever.invoke('q', { callbacks: [collector] });
    const children = collector.tracedRuns[0]!.child_runs!;
    expect(children.map(({ name }) => name)).toEqual(['FakeRetriever', 'fixed']);
    expect(children[1]!.inputs).toMatchObject({ query: 'q', documents });
    expect(idsOf((children[1]!.outputs as { documents: DocumentInterface[] }).documents)).toEqual(['d2', 'd1', 'd0']);
  });

  it('a failure stands in the trace as an error', async () => {
    const collector = new RunCollectorCallbackHandler();
    const compressor = new SecondpassCompressor({ reranker: dyingReranker, onError: 'throw' });
    await expect(compressor.compressDocuments(documents, 'q', [collector])).rejects.toThrow('lost its model');
    expect(collector.tracedRuns[0]).toMatchObject({ name: 'dying', error: expect.stringContaining('lost its model') });
  });

  it('a compressor called inside a chain or graph node takes part in its trace and ends with its signal, unasked', async () => {
    const collector = new RunCollectorCallbackHandler();
    const node = RunnableLambda.from((query: string) =>
      new SecondpassCompressor({ reranker: overlapReranker }).compressDocuments(documents, query),
    );
    expect(idsOf(await node.invoke('second', { callbacks: [collector], runName: 'node' }))[0]).toBe('d1');
    expect(collector.tracedRuns[0]).toMatchObject({ name: 'node', child_runs: [{ name: 'word-overlap' }] });
    let ended: unknown;
    const slow = RunnableLambda.from(async (query: string) => {
      const work = new SecondpassCompressor({ reranker: hangingReranker }).compressDocuments(documents, query);
      return work.catch((error: unknown) => (ended = error));
    });
    await expect(slow.invoke('q', { signal: AbortSignal.timeout(20) })).rejects.toThrow(/abort|timeout/i);
    await expect.poll(() => ended).toBeInstanceOf(Error);
  });

  it('the runnable composes, honours its signal, and batches', async () => {
    const runnable = new SecondpassCompressor({ reranker: overlapReranker, topN: 1 }).asRunnable();
    const chain = runnable.pipe((found: DocumentInterface[]) => idsOf(found).join());
    expect(
      await chain.batch([
        { query: 'second', documents },
        { query: 'third', documents },
      ]),
    ).toEqual(['d1', 'd2']);
    const hanging = new SecondpassCompressor({ reranker: hangingReranker }).asRunnable();
    await expect(hanging.invoke({ query: 'q', documents }, { signal: AbortSignal.timeout(20) })).rejects.toThrow(
      /abort|timeout/i,
    );
  });

  it('a signal of its own ends it, and an abort is never taken for a failure', async () => {
    await expect(compress({ reranker: hangingReranker, signal: AbortSignal.timeout(20) })).rejects.toThrow(
      /abort|timeout/i,
    );
    await expect(compress({ reranker: overlapReranker, signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });

  it('one that is out of time returns what it has: the scored first, the rest in order, with a note', async () => {
    const half = byScore({
      name: 'half',
      kind: 'logit',
      pointwise: true,
      score: async (_query, _candidates, options) => {
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, options!.deadline! - Date.now())));
        const note: Note = { code: 'timed-out', by: 'half', message: '2 not scored in time', ids: ['0', '2'] };
        return { value: { scores: [undefined, 2, undefined] }, notes: [note] };
      },
    });
    const found = await compress({ reranker: half, timeoutMs: 20 });
    expect(idsOf(found)).toEqual(['d1', 'd0', 'd2']);
    expect(found.map((one) => one.metadata['secondpass'] !== undefined)).toEqual([false, true, true]);
    expect(about(found[1]).notes?.[0]).toMatchObject({ code: 'timed-out' });
  });

  it('an observer that throws or rejects changes nothing', async () => {
    const rejecting = (): Promise<never> => Promise.reject(new Error('observer'));
    for (const onNote of [throwing, rejecting])
      expect(await compress({ reranker: dyingReranker, onNote })).toHaveLength(3);
    await new Promise((resolve) => setImmediate(resolve)); // An unhandled rejection would fail the run.
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
