import { QueryEngineTool, RetrieverQueryEngine, Settings, SubQuestionQueryEngine } from 'llamaindex';
import { beforeAll, describe, expect, it } from 'vitest';
import { questionGenerator, SecondpassPostprocessor } from '../src/index.ts';
import { DecompositionRetriever } from '../src/retrievers/index.ts';
import { overlapReranker } from '../../../test/small-rerankers.ts';
import { EchoLLM, idsOf, question, texts, WordRetriever } from './stand-ins.ts';

const llm = new EchoLLM();
beforeAll(() => {
  Settings.llm = llm;
});

describe('in the query engines of the framework', () => {
  it('SecondpassPostprocessor serves RetrieverQueryEngine', async () => {
    const reranking = new SecondpassPostprocessor({ reranker: overlapReranker, topN: 1 });
    const engine = new RetrieverQueryEngine(new WordRetriever(), undefined, [reranking]);
    const { message, sourceNodes } = await engine.query({ query: 'When was Charles Babbage born?' });
    expect(message.content).toBe(texts[1]);
    expect(idsOf(sourceNodes!)).toEqual(['n1']);
  });

  it('DecompositionRetriever serves RetrieverQueryEngine, streaming and not', async () => {
    const retriever = new DecompositionRetriever({
      retrievers: { words: new WordRetriever() },
      reranker: overlapReranker,
      topN: 2,
    });
    const engine = new RetrieverQueryEngine(retriever);
    const { message } = await engine.query({ query: question });
    expect(message.content).toContain(texts[0]);
    expect(message.content).toContain(texts[1]);
    const pieces: string[] = [];
    for await (const { delta } of await engine.query({ query: question, stream: true })) pieces.push(delta);
    expect(pieces.join('')).toContain(texts[1]);
    expect(pieces.length).toBeGreaterThan(5);
  });

  it.each([false, true])('questionGenerator serves SubQuestionQueryEngine (streaming: %s)', async (stream) => {
    const engine = new RetrieverQueryEngine(new WordRetriever());
    const tool = new QueryEngineTool({
      queryEngine: engine,
      metadata: { name: 'people', description: 'lives of people' },
    });
    const sub = SubQuestionQueryEngine.fromDefaults({
      queryEngineTools: [tool],
      questionGen: questionGenerator() as never,
    });
    let answer = '';
    if (stream) for await (const { delta } of await sub.query({ query: question, stream: true })) answer += delta;
    else answer = String((await sub.query({ query: question })).message.content);
    expect(answer).toContain('Ada Lovelace');
    expect(answer).toContain('Charles Babbage');
    expect(llm.prompts.at(-1)).toContain('Sub question: ');
  });
});
