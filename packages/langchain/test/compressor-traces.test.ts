import { ContextualCompressionRetriever } from '@langchain/classic/retrievers/contextual_compression';
import type { DocumentInterface } from '@langchain/core/documents';
import { RunnableLambda } from '@langchain/core/runnables';
import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons';
import { RunCollectorCallbackHandler } from '@langchain/core/tracers/run_collector';
import { FakeRetriever } from '@langchain/core/utils/testing';
import { byScore, type Note, type Reranker } from '@secondpass/core';
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { SecondpassCompressor } from '../src/index.ts';
import { dyingReranker, hangingReranker } from './faulty.ts';
import { heldBy } from '../../../test/held-by.ts';
import { overlapReranker } from '../../../test/small-rerankers.ts';

import { about, compress, documents, idsOf, scoring, throwing } from './fixed-scores.ts';

AsyncLocalStorageProviderSingleton.initializeGlobalInstance(new AsyncLocalStorage());

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

  it('beside the signal of a run its own ends it, too, and collects nothing from many runs', async () => {
    const own = new AbortController();
    const compressor = (reranker: Reranker) => new SecondpassCompressor({ reranker, signal: own.signal }).asRunnable();
    const call = { signal: new AbortController().signal };
    for (let run = 0; run < 3; run++) await compressor(overlapReranker).invoke({ query: 'q', documents }, call);
    expect(heldBy(own.signal)).toBe(0);
    const ended = compressor(hangingReranker).invoke({ query: 'q', documents }, call);
    setTimeout(() => own.abort(new Error('the server stops')), 10);
    await expect(ended).rejects.toThrow('the server stops');
    await expect(compressor(overlapReranker).invoke({ query: 'q', documents }, call)).rejects.toThrow('stops');
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
