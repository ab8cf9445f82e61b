// What the framework's parts need around them: an index of three texts, a language model that says what it was shown.
import type {
  ChatResponse,
  ChatResponseChunk,
  LLMChatParamsNonStreaming,
  LLMChatParamsStreaming,
} from '@llamaindex/core/llms';
import { BaseLLM } from '@llamaindex/core/llms';
import type { QueryBundle } from '@llamaindex/core/query-engine';
import { BaseRetriever } from '@llamaindex/core/retriever';
import { TextNode, type NodeWithScore } from 'llamaindex';

export const texts = [
  'Ada Lovelace was born in London in 1815',
  'Charles Babbage was born in London in 1791',
  'Cats sleep all day',
];
export const nodes = texts.map((text, index) => new TextNode({ text, id_: `n${index}` }));

/** Finds what shares words with the query: an honest little search engine. */
export class WordRetriever extends BaseRetriever {
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
export class BrokenRetriever extends WordRetriever {
  override async _retrieve(): Promise<NodeWithScore[]> {
    throw new Error('index is gone');
  }
}

/**
 * A language model that answers with those of the texts that its prompt holds: what an answer stands on can be seen.
 */
export class EchoLLM extends BaseLLM {
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

/** What the rules take apart. */
export const question = 'Who was born earlier, Ada Lovelace or Charles Babbage?';
export const idsOf = (found: readonly NodeWithScore[]): string[] => found.map(({ node: { id_: id } }) => id);
