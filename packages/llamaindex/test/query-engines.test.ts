import type {
  ChatResponse,
  ChatResponseChunk,
  LLMChatParamsNonStreaming,
  LLMChatParamsStreaming,
} from '@llamaindex/core/llms';
import { BaseLLM } from '@llamaindex/core/llms';
import type { QueryBundle } from '@llamaindex/core/query-engine';
import { BaseRetriever } from '@llamaindex/core/retriever';
import {
  QueryEngineTool,
  RetrieverQueryEngine,
  Settings,
  SubQuestionQueryEngine,
  TextNode,
  type NodeWithScore,
} from 'llamaindex';
import type { Decomposer, Note } from '@secondpass/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { languageModel, questionGenerator, SecondpassPostprocessor, type SecondpassMetadata } from '../src/index.ts';
import { DecompositionRetriever, RerankingRetriever } from '../src/retrievers/index.ts';
import { dyingReranker, overlapReranker } from '../../../test/small-rerankers.ts';

const texts = [
  'Ada Lovelace was born in London in 1815',
  'Charles Babbage was born in London in 1791',
  'Cats sleep all day',
];
const nodes = texts.map((text, index) => new TextNode({ text, id_: `n${index}` }));

/** Finds what shares words with the query: an honest little search engine. */
class WordRetriever extends BaseRetriever {
  asked: string[];
  // The framework's constructor is protected: without one here, `new` is refused.
  constructor() {
    super();
    this.asked = [];
  }
  override async _retrieve({ query }: QueryBundle): Promise<NodeWithScore[]> {
    this.asked.push(String(query));
    const words = new Set(
      String(query)
        .toLowerCase()
        .match(/[a-z]+/g),
    );
    return nodes
      .map((node) => ({
        node,
        score: node.text
          .toLowerCase()
          .split(' ')
          .filter((word) => words.has(word)).length,
      }))
      .filter(({ score }) => score > 0);
  }
}
class BrokenRetriever extends WordRetriever {
  override async _retrieve(): Promise<NodeWithScore[]> {
    throw new Error('index is gone');
  }
}

/** A language model that repeats the first line of context it is given: what an answer stands on can be seen. */
class EchoLLM extends BaseLLM {
  metadata = {
    model: 'echo',
    temperature: 0,
    topP: 1,
    contextWindow: 4096,
    tokenizer: undefined,
    structuredOutput: false,
  };
  prompts: string[] = [];
  override chat(params: LLMChatParamsStreaming): Promise<AsyncIterable<ChatResponseChunk>>;
  override chat(params: LLMChatParamsNonStreaming): Promise<ChatResponse>;
  override async chat({
    messages,
    stream,
  }: LLMChatParamsStreaming | LLMChatParamsNonStreaming): Promise<AsyncIterable<ChatResponseChunk> | ChatResponse> {
    const prompt = String(messages.at(-1)!.content);
    this.prompts.push(prompt);
    const answer = texts.filter((text) => prompt.includes(text)).join('; ');
    if (!stream) return { message: { role: 'assistant', content: answer }, raw: null };
    return (async function* () {
      for (const word of answer.split(' ')) yield { delta: `${word} `, raw: null };
    })();
  }
}
const llm = new EchoLLM();
beforeAll(() => {
  Settings.llm = llm;
});
const question = 'Who was born earlier, Ada Lovelace or Charles Babbage?';
const idsOf = (found: readonly NodeWithScore[]): string[] => found.map(({ node: { id_: id } }) => id);
const about = (found: NodeWithScore | undefined): SecondpassMetadata =>
  (found!.node.metadata as { secondpass: SecondpassMetadata }).secondpass;

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

describe('RerankingRetriever', () => {
  it('reranks what a retriever finds', async () => {
    const retriever = new RerankingRetriever({ retriever: new WordRetriever(), reranker: overlapReranker, topN: 1 });
    expect(idsOf(await retriever.retrieve('Charles Babbage born'))).toEqual(['n1']);
    await expect(
      new RerankingRetriever({ retriever: new BrokenRetriever(), reranker: overlapReranker }).retrieve('x'),
    ).rejects.toThrow('index is gone');
  });
});

describe('DecompositionRetriever', () => {
  it('says which retriever brought a node for which question', async () => {
    const words = new WordRetriever();
    const found = await new DecompositionRetriever({ retrievers: { words }, reranker: overlapReranker }).retrieve(
      question,
    );
    expect(words.asked[0]).toBe(question);
    expect(words.asked.length).toBeGreaterThan(1);
    expect(idsOf(found).slice(0, 2).sort()).toEqual(['n0', 'n1']);
    const { sources = [] } = about(found[0]);
    expect(sources.every(({ retriever, question }) => retriever === 'words' && words.asked.includes(question!))).toBe(
      true,
    );
    expect(nodes.every(({ metadata }) => Object.keys(metadata).length === 0)).toBe(true);
  });

  it('takes no node of one list for one of another', async () => {
    const only = (index: number): WordRetriever =>
      Object.assign(new WordRetriever(), { _retrieve: async () => [{ node: nodes[index]!, score: 1 }] });
    const told: Note[] = [];
    const options = {
      retrievers: { one: only(0), two: only(1) },
      reranker: overlapReranker,
      onNote: (note: Note) => void told.push(note),
    };
    const found = await new DecompositionRetriever(options).retrieve('London');
    expect(idsOf(found).sort()).toEqual(['n0', 'n1']);
    expect(told.map(({ code }) => code)).not.toContain('duplicate-id');
  });

  it('goes on without a dead retriever or reranker, with a note', async () => {
    const retrievers = { words: new WordRetriever(), broken: new BrokenRetriever() };
    const found = await new DecompositionRetriever({ retrievers, reranker: dyingReranker }).retrieve(question);
    expect(found.length).toBeGreaterThan(1);
    expect(
      about(found[0])
        .notes?.map(({ code }) => code)
        .sort(),
    ).toEqual(['fell-back', 'retriever-failed']);
    await expect(
      new DecompositionRetriever({ retrievers: { broken: new BrokenRetriever() } }).retrieve('x'),
    ).rejects.toThrow(/index is gone/);
  });

  it('refuses what it does not know', () => {
    expect(() => new DecompositionRetriever({ retrievers: {} })).toThrow(/no retriever/);
    expect(() => new DecompositionRetriever({ retrievers: { a: {} as never } })).toThrow(
      /retrievers.a is no retriever/,
    );
    expect(() => new DecompositionRetriever({ retriever: 1 } as never)).toThrow(/did you mean "retrievers"/);
  });
});

const given = (...parts: string[]): Decomposer => ({
  name: 'given',
  decompose: async () => ({ value: parts.map((text) => ({ text })) }),
});

describe('questionGenerator', () => {
  const tools = [
    { name: 'people', description: 'lives of people, where they were born' },
    { name: 'pets', description: 'cats and dogs' },
  ];

  it('asks every tool, or the one whose description fits', async () => {
    const decomposer = given('where were people born', 'what do cats eat', 'What do cats eat');
    const all = await questionGenerator({ decomposer }).generate(tools, 'q');
    expect(all.map(({ toolName }) => toolName)).toEqual(['people', 'pets', 'people', 'pets']);
    const chosen = await questionGenerator({ decomposer, reranker: overlapReranker }).generate(tools, { query: 'q' });
    expect(chosen.map(({ toolName }) => toolName)).toEqual(['people', 'pets']);
  });

  it('asks the question itself where there are no parts or decomposition fails, with a note', async () => {
    const told: Note[] = [];
    const dying: Decomposer = { name: 'dying', decompose: () => Promise.reject(new Error('no quota')) };
    expect(await questionGenerator({ decomposer: given() }).generate([tools[0]!], 'q')).toEqual([
      { subQuestion: 'q', toolName: 'people' },
    ]);
    const made = await questionGenerator({ decomposer: dying, onNote: (note) => told.push(note) }).generate(
      [tools[0]!],
      'q',
    );
    expect(made).toEqual([{ subQuestion: 'q', toolName: 'people' }]);
    expect(told.map(({ code }) => code)).toEqual(['fell-back']);
    expect(
      await questionGenerator({ decomposer: given('a'), reranker: dyingReranker }).generate(tools, 'q'),
    ).toHaveLength(2);
    await expect(questionGenerator().generate([], 'q')).rejects.toThrow(/no tool/);
  });
});

describe('languageModel', () => {
  it('asks an LLM of the framework', async () => {
    const { value, run } = await languageModel(llm).generate({ system: 'x', prompt: `About: ${texts[2]}` });
    expect(value.text).toBe(texts[2]);
    expect(run).toMatchObject({ by: 'echo', model: 'echo', usage: { calls: 1 } });
  });

  it('frees the caller at the signal and at the deadline', async () => {
    const hanging = new EchoLLM();
    hanging.chat = (() => new Promise(() => {})) as never;
    await expect(languageModel(hanging).generate({ prompt: 'x' }, { signal: AbortSignal.timeout(20) })).rejects.toThrow(
      /abort|timeout/i,
    );
    await expect(languageModel(hanging).generate({ prompt: 'x' }, { deadline: Date.now() + 20 })).rejects.toMatchObject(
      { code: 'timed-out' },
    );
    expect(() => languageModel({} as never)).toThrow(/takes an LLM/);
  });
});
