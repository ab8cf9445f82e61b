// What an application has already: an index with embeddings, and a language model. Here both are local stand-ins.
import { BaseEmbedding, BaseLLM, Document, Settings, VectorStoreIndex } from 'llamaindex';
import { embed, passages } from '../passages.mjs';

class LocalEmbedding extends BaseEmbedding {
  getTextEmbedding = async (text) => embed(text);
}

/** Answers with the sentence of its context that shares most words with the question. */
class FindingLLM extends BaseLLM {
  metadata = {
    model: 'stand-in',
    temperature: 0,
    topP: 1,
    contextWindow: 4096,
    tokenizer: undefined,
    structuredOutput: false,
  };

  async chat({ messages, stream }) {
    const answer = find(String(messages.at(-1).content));
    if (!stream) return { message: { role: 'assistant', content: answer }, raw: null };
    return (async function* words() {
      for (const word of answer.split(/(?<= )/)) yield { delta: word, raw: null };
    })();
  }
}

function find(prompt) {
  const question = /Query: (.*)/.exec(prompt)?.[1] ?? prompt;
  const wanted = new Set(question.toLowerCase().match(/[a-z]{4,}/g));
  const known = prompt
    .split('\n')
    .flatMap((line) => passages.filter(({ text }) => line.includes(text)).map(({ text }) => text));
  const shared = (text) =>
    text
      .toLowerCase()
      .match(/[a-z]+/g)
      .filter((word) => wanted.has(word)).length;
  const best = [...new Set(known)].sort((a, b) => shared(b) - shared(a));
  return best.slice(0, prompt.includes('Sub question: ') ? 2 : 1).join(' ') || 'The context does not say.';
}

export async function makeIndex() {
  Settings.embedModel = new LocalEmbedding();
  Settings.llm = new FindingLLM();
  const documents = passages.map(({ id, title, text }) => new Document({ id_: id, text, metadata: { title } }));
  return VectorStoreIndex.fromDocuments(documents);
}
