import { Document, type DocumentInterface } from '@langchain/core/documents';
import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { RunnablePassthrough, RunnableSequence } from '@langchain/core/runnables';
import { RunCollectorCallbackHandler } from '@langchain/core/tracers/run_collector';
import { FakeListChatModel, FakeRetriever } from '@langchain/core/utils/testing';
import type { Note } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { DecompositionRetriever } from '../src/index.ts';
import { about, idsOf } from './fixed-scores.ts';
import { parts, question, texts, WordRetriever } from './word-retriever.ts';
import { overlapReranker } from '../../../test/small-rerankers.ts';

describe('DecompositionRetriever', () => {
  it('asks the question and its parts, and says which brought each document', async () => {
    const words = new WordRetriever();
    const told: Note[] = [];
    const onNote = (note: Note): void => void told.push(note);
    const retriever = new DecompositionRetriever({ retrievers: { words }, reranker: overlapReranker, topN: 2, onNote });
    const found = await retriever.invoke(question);
    expect(words.asked[0]).toBe(question);
    expect(words.asked.length).toBeGreaterThan(1);
    expect(idsOf(found).sort()).toEqual(['d0', 'd1']);
    expect(told).toEqual([]);
    const { sources = [], key } = about(found[0]);
    expect(key).toBe('id');
    expect(sources.length).toBeGreaterThan(1);
    expect(sources.every(({ retriever, question }) => retriever === 'words' && words.asked.includes(question!))).toBe(
      true,
    );
    expect(found[0]!.metadata).toMatchObject({ page: expect.any(Number), relevanceScore: expect.any(Number) });
    expect(texts[0]!.metadata).toEqual({ page: 0 });
  });

  it('takes no document of one list for one of another', async () => {
    const notes: Note[] = [];
    const onNote = (note: Note): void => void notes.push(note);
    const retrievers = {
      one: new FakeRetriever({ output: [texts[0]!] }),
      two: new FakeRetriever({ output: [texts[1]!] }),
    };
    const options = { retrievers, decomposer: parts(), reranker: overlapReranker, details: true, onNote };
    const found = await new DecompositionRetriever(options).invoke(question);
    expect(idsOf(found).sort()).toEqual(['d0', 'd1']);
    expect(notes.map(({ code }) => code)).not.toContain('duplicate-id');
  });

  it('takes any decomposer, and lets the fused order stay where there is no reranker', async () => {
    const words = new WordRetriever();
    const retriever = new DecompositionRetriever({
      retrievers: words,
      decomposer: parts('Cats sleep', 'analytical engine'),
    });
    const found = await retriever.invoke('zebras');
    expect(words.asked).toEqual(['zebras', 'Cats sleep', 'analytical engine']);
    expect(idsOf(found)).toEqual(['d3', 'd2']);
    expect(found[0]!.metadata).not.toHaveProperty('relevanceScore');
    expect(about(found[0]).sources).toEqual([{ retriever: 'WordRetriever', question: 'Cats sleep', rank: 1 }]);
  });

  it('gives the same order whichever question is answered first (MultiQueryRetriever does not), first-seen metadata', async () => {
    const orders = [];
    for (const delays of [
      [0, 10, 20],
      [20, 10, 0],
      [10, 20, 0],
    ]) {
      class Late extends WordRetriever {
        override async _getRelevantDocuments(query: string): Promise<Document[]> {
          const call = this.asked.length;
          const found = await this.search(query);
          await new Promise((resolve) => setTimeout(resolve, delays[call] ?? 0));
          return found.map((one) => new Document({ ...one, metadata: { ...one.metadata, call } }));
        }
      }
      const options = { retrievers: new Late(), decomposer: parts('When was Ada Lovelace born', 'Cats sleep') };
      const found = await new DecompositionRetriever(options).invoke(question);
      orders.push(found.map(({ id, metadata }) => [id, metadata['call']]));
    }
    expect(orders[1]).toEqual(orders[0]);
    expect(orders[2]).toEqual(orders[0]);
    expect(orders[0]!.find(([id]) => id === 'd0')).toEqual(['d0', 0]);
  });

  it('does not ask a question twice, nor more of them than it may', async () => {
    const same = new WordRetriever();
    await new DecompositionRetriever({ retrievers: same, decomposer: parts('cats', 'Cats', question, 'cats ') }).invoke(
      question,
    );
    expect(same.asked).toEqual([question, 'cats']);
    const told: Note[] = [];
    const forty = Array.from({ length: 40 }, (_, index) => `part ${index}`);
    const many = new WordRetriever();
    await new DecompositionRetriever({
      retrievers: many,
      decomposer: parts(...forty),
      onNote: (note) => told.push(note),
    }).invoke(question);
    expect(many.asked).toHaveLength(8);
    expect(told.map(({ code }) => code)).toContain('part-dropped');
  });

  it('says by what each document was told apart', async () => {
    const output = [
      new Document({ pageContent: 'a', metadata: { url: 'u' } }),
      new Document({ pageContent: 'b', metadata: { url: ['u'] } }),
      new Document({ pageContent: '', metadata: { image: 1 } }),
      new Document({ pageContent: '', metadata: { image: 2 } }),
    ];
    const options = { retrievers: new FakeRetriever({ output }), key: { field: 'url' }, decomposer: parts() };
    const told: Note[] = [];
    const onNote = (note: Note): void => void told.push(note);
    const found = await new DecompositionRetriever({ ...options, details: true, onNote }).invoke(question);
    expect(found.map((one) => about(one).key)).toEqual(['metadata.url', 'content', undefined, undefined]);
    expect(told.map(({ code }) => code)).toEqual(['no-key', 'no-key']);
    const noted = found.map((one) => about(one).notes?.map(({ code }) => code));
    expect(noted).toEqual([undefined, ['no-key'], ['no-key'], ['no-key']]);
  });

  it('answers a question through a whole chain, streaming, with the rerank in the trace', async () => {
    const collector = new RunCollectorCallbackHandler();
    const retriever = new DecompositionRetriever({
      retrievers: { words: new WordRetriever() },
      reranker: overlapReranker,
      topN: 2,
    });
    const chain = RunnableSequence.from([
      {
        context: retriever.pipe((found: DocumentInterface[]) => found.map(({ pageContent }) => pageContent).join('\n')),
        question: new RunnablePassthrough(),
      },
      ChatPromptTemplate.fromTemplate('Answer from {context}\nQuestion: {question}'),
      new FakeListChatModel({ responses: ['Charles Babbage'] }),
      new StringOutputParser(),
    ]);
    const pieces: string[] = [];
    for await (const piece of await chain.stream(question, { callbacks: [collector] })) pieces.push(piece);
    expect(pieces.join('')).toBe('Charles Babbage');
    expect(pieces.length).toBeGreaterThan(5);
    interface Run {
      name: string;
      outputs?: { documents?: DocumentInterface[] };
      child_runs?: Run[];
    }
    const flat = (run: Run): Run[] => [run, ...(run.child_runs ?? []).flatMap(flat)];
    const runs = (collector.tracedRuns as unknown as Run[]).flatMap(flat);
    expect(runs.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['DecompositionRetriever', 'WordRetriever', 'word-overlap', 'FakeListChatModel']),
    );
    const rerank = runs.find(({ name }) => name === 'word-overlap')!;
    expect(
      rerank.outputs?.documents
        ?.slice(0, 2)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['d0', 'd1']);
  });

  it('refuses options it does not have', () => {
    expect(() => new DecompositionRetriever({ retriever: new WordRetriever() } as never)).toThrow(
      /did you mean "retrievers"/,
    );
    expect(() => new DecompositionRetriever({ retrievers: new WordRetriever(), maxQueries: 0 })).toThrow(
      /maxQueries is 0/,
    );
  });
});
