// An agent with a search tool whose results are reranked. The model is the framework's own fake one, which calls the tool
// and then repeats what it was given; put your own in its place.
import { AIMessage } from '@langchain/core/messages';
import { fakeModel } from '@langchain/core/testing';
import { loadReranker } from '@secondpass/core/models';
import { RerankingRetriever } from '@secondpass/langchain';
import { createAgent, tool } from 'langchain';
import { bm25 } from '../langchain/retrievers.mjs';

const reranker = await loadReranker();
const retriever = new RerankingRetriever({ retriever: bm25, reranker, topN: 2, timeoutMs: 5000 });

const search = tool(
  async ({ query }, config) => {
    const documents = await retriever.invoke(query, config);
    return documents.map(({ id, pageContent }) => `[${id}] ${pageContent}`).join('\n');
  },
  {
    name: 'search',
    description: 'Searches the encyclopedia.',
    schema: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
  },
);

const question = 'Who wrote one of the first compilers?';
const model = fakeModel()
  .respondWithTools([{ name: 'search', args: { query: question } }])
  .respond((messages) => new AIMessage(`From the search: ${messages.at(-1).text.split('\n')[0]}`));

const agent = createAgent({ model, tools: [search] });
const { messages } = await agent.invoke({ messages: [{ role: 'user', content: question }] });
for (const message of messages) {
  const calls = (message.tool_calls ?? []).map(({ name, args }) => `${name}(${JSON.stringify(args)})`);
  console.log(
    `${message.getType().padEnd(6)} ${calls.length > 0 ? calls.join(', ') : message.text.replaceAll('\n', '\n       ')}`,
  );
}
await reranker.dispose();
