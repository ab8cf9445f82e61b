import { Document, type DocumentInterface } from '@langchain/core/documents';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { StringOutputParser } from '@langchain/core/output_parsers';
import { BaseRetriever } from '@langchain/core/retrievers';
import { RunnableLambda, RunnablePassthrough, RunnableSequence } from '@langchain/core/runnables';
import { RunCollectorCallbackHandler } from '@langchain/core/tracers/run_collector';
import { FakeListChatModel, FakeRetriever } from '@langchain/core/utils/testing';
import type { Note } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { RerankingRetriever, type SecondpassMetadata } from '../src/index.ts';
import { dyingReranker, hangingReranker } from './faulty.ts';
import { overlapReranker } from '../../../test/small-rerankers.ts';

const documents = [
  new Document({ pageContent: 'Cats sleep all day', id: 'a' }),
  new Document({ pageContent: 'Dune was written by Frank Herbert', id: 'b' }),
];
const retriever = new FakeRetriever({ output: documents });
const query = 'Who wrote Dune?';
const join = (found: DocumentInterface[]): string => found.map(({ pageContent }) => pageContent).join('\n');
const idsOf = (found: readonly DocumentInterface[]): (string | undefined)[] => found.map(({ id }) => id);

class SlowRetriever extends BaseRetriever {
  lc_namespace = ['test'];
  seen: AbortSignal | undefined;
  override async invoke(_query: string, options?: { signal?: AbortSignal }): Promise<DocumentInterface[]> {
    this.seen = options?.signal;
    return new Promise((resolve) => setTimeout(() => resolve(documents), 2000).unref());
  }
}

describe('RerankingRetriever', () => {
  it('reranks what a retriever finds, as a retriever', async () => {
    const reranking = new RerankingRetriever({ retriever, reranker: overlapReranker, topN: 1 });
    expect(idsOf(await reranking.invoke(query))).toEqual(['b']);
    expect((await reranking.batch([query, 'cats'])).map(idsOf)).toEqual([['b'], ['a']]);
    const chunks: DocumentInterface[][] = [];
    for await (const chunk of await reranking.stream(query)) chunks.push(chunk);
    expect(chunks.map(idsOf)).toEqual([['b']]);
  });

  it('refuses options it does not have, when it is made', () => {
    const options = { retriever, reranker: overlapReranker, topK: 3 };
    expect(() => new RerankingRetriever(options)).toThrow(/no option "topK"/);
    expect(() => new RerankingRetriever({ retriever, reranker: overlapReranker, topN: -1 })).toThrow(/topN is -1/);
    expect(() => new RerankingRetriever({ retriever, reranker: undefined as never })).toThrow(/needs a reranker/);
    expect(() => new RerankingRetriever(undefined as never)).toThrow(/needs a reranker/);
    const store = { asRetriever: () => retriever, similaritySearch: () => Promise.resolve(documents) };
    for (const none of [undefined, documents, store] as never[]) {
      const make = () => new RerankingRetriever({ retriever: none, reranker: overlapReranker });
      expect(make).toThrow(expect.objectContaining({ code: 'invalid-argument' }) as Error);
      expect(make).toThrow(/needs a retriever/);
    }
  });

  it.each(['signal', 'timeout'])('frees the caller when its %s ends a slow retriever', async (by) => {
    const slow = new SlowRetriever();
    const reranking = new RerankingRetriever({ retriever: slow, reranker: overlapReranker });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    const started = performance.now();
    const config = by === 'signal' ? { signal: controller.signal } : { timeout: 20 };
    await expect(reranking.invoke(query, config)).rejects.toThrow(/abort/i);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(slow.seen?.aborted).toBe(true);
  });

  it('frees the caller when a signal ends a hanging reranker, and does not take it for a failure', async () => {
    const reranking = new RerankingRetriever({ retriever, reranker: hangingReranker });
    await expect(reranking.invoke(query, { signal: AbortSignal.timeout(20) })).rejects.toThrow(/abort/i);
  });

  it('does not begin when the signal has fired', async () => {
    const slow = new SlowRetriever();
    const reranking = new RerankingRetriever({ retriever: slow, reranker: overlapReranker });
    await expect(reranking.invoke(query, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    expect(slow.seen).toBeUndefined();
  });

  it.each([
    ['dies', dyingReranker, /lost its model/],
    ['hangs', hangingReranker, /no answer/],
  ])('returns the first-stage order, and says so, when the reranker %s', async (_, reranker, why) => {
    const told: Note[] = [];
    const reranking = new RerankingRetriever({ retriever, reranker, timeoutMs: 20, onNote: (note) => told.push(note) });
    const found = await reranking.invoke(query);
    expect(idsOf(found)).toEqual(['a', 'b']);
    for (const { metadata } of found) {
      expect(metadata).not.toHaveProperty('relevanceScore');
      const { notes = [] } = (metadata as { secondpass: SecondpassMetadata }).secondpass;
      expect(notes.map(({ code }) => code)).toEqual(['fell-back']);
      expect(notes[0]!.message).toMatch(why);
    }
    expect(told.map(({ code }) => code)).toEqual(['fell-back']);
  });

  it('throws instead where that is asked for, and for wrong calls always', async () => {
    const throwing = new RerankingRetriever({ retriever, reranker: dyingReranker, onError: 'throw' });
    await expect(throwing.invoke(query)).rejects.toThrow('lost its model');
    const late = new RerankingRetriever({ retriever, reranker: hangingReranker, timeoutMs: 20, onError: 'throw' });
    await expect(late.invoke(query)).rejects.toMatchObject({ code: 'timed-out' });
    const wrong = new RerankingRetriever({
      retriever,
      reranker: overlapReranker,
      minScore: { kind: 'logit', value: 0 },
    });
    await expect(wrong.invoke(' ')).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('lets a retriever that fails fail, and makes nothing of nothing', async () => {
    const empty = new RerankingRetriever({ retriever: new FakeRetriever({ output: [] }), reranker: dyingReranker });
    expect(await empty.invoke(query)).toEqual([]);
    const broken = RunnableLambda.from(() => {
      throw new Error('index is gone');
    });
    const reranking = new RerankingRetriever({ retriever: broken as never, reranker: overlapReranker });
    await expect(reranking.invoke(query)).rejects.toThrow('index is gone');
  });

  it('stands in the trace: retriever, base retriever, and a child run of the reranker with inputs and outputs', async () => {
    const collector = new RunCollectorCallbackHandler();
    const reranking = new RerankingRetriever({ retriever, reranker: overlapReranker, tags: ['mine'] });
    await reranking.invoke(query, { callbacks: [collector], runName: 'search' });
    const [run] = collector.tracedRuns;
    expect(collector.tracedRuns).toHaveLength(1);
    expect(run).toMatchObject({ name: 'search', run_type: 'retriever', tags: ['mine'] });
    const children = run!.child_runs!;
    expect(children.map(({ name, run_type }) => [name, run_type])).toEqual([
      ['FakeRetriever', 'retriever'],
      ['word-overlap', 'chain'],
    ]);
    const rerank = children[1]!;
    expect(rerank.inputs).toMatchObject({ query, documents });
    expect(idsOf((rerank.outputs as { documents: DocumentInterface[] }).documents)).toEqual(['b', 'a']);
    expect(rerank.outputs).toMatchObject({ runs: [{ by: 'word-overlap' }], notes: [] });
    expect(Number(rerank.end_time) - Number(rerank.start_time)).toBeGreaterThanOrEqual(0);
  });

  it('closes its run in the trace with the error when it is aborted', async () => {
    const collector = new RunCollectorCallbackHandler();
    const reranking = new RerankingRetriever({ retriever, reranker: hangingReranker });
    await expect(reranking.invoke(query, { callbacks: [collector], timeout: 20 })).rejects.toThrow(/abort/i);
    await expect.poll(() => collector.tracedRuns.length).toBe(1);
    expect(collector.tracedRuns[0]!.error).toMatch(/abort/i);
  });

  it('streams an answer through a whole chain, with the rerank in its trace', async () => {
    const collector = new RunCollectorCallbackHandler();
    const reranking = new RerankingRetriever({ retriever, reranker: overlapReranker, topN: 1 });
    const prompt = ChatPromptTemplate.fromTemplate('Answer from {context}\nQuestion: {question}');
    const chain = RunnableSequence.from([
      { context: reranking.pipe(join), question: new RunnablePassthrough() },
      prompt,
      new FakeListChatModel({ responses: ['Frank Herbert'] }),
      new StringOutputParser(),
    ]);
    const pieces: string[] = [];
    for await (const piece of await chain.stream(query, { callbacks: [collector] })) pieces.push(piece);
    expect(pieces.join('')).toBe('Frank Herbert');
    expect(pieces.length).toBeGreaterThan(5);
    const names: string[] = [];
    const visit = (run: { name: string; child_runs?: never[] }): void => {
      names.push(run.name);
      for (const child of run.child_runs ?? []) visit(child);
    };
    for (const run of collector.tracedRuns) visit(run as never);
    expect(names).toEqual(
      expect.arrayContaining(['RerankingRetriever', 'FakeRetriever', 'word-overlap', 'FakeListChatModel']),
    );
  });
});
