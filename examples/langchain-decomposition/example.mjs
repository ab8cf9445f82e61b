// A question in two parts: each part asked of two retrievers, the pools made one list, reranked, and answered by a chain.
// The chat model is the framework's fake one, so that this runs without a key; put your own in its place.
import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { RunnablePassthrough, RunnableSequence } from '@langchain/core/runnables';
import { RunCollectorCallbackHandler } from '@langchain/core/tracers/run_collector';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { loadReranker } from '@secondpass/core/models';
import { DecompositionRetriever } from '@secondpass/langchain';
import { bm25, vectors } from '../langchain/retrievers.mjs';

const question = 'Who was born earlier, Ada Lovelace or Charles Babbage?';
const reranker = await loadReranker();
const retriever = new DecompositionRetriever({ retrievers: { bm25, vectors }, reranker, topN: 4 });

console.log(question);
for (const { id, metadata } of await retriever.invoke(question)) {
  console.log(`\n  ${metadata.relevanceScore.toFixed(3)}  ${id}, told apart by ${metadata.secondpass.key}`);
  for (const { retriever, question, rank } of metadata.secondpass.sources) {
    console.log(`         ${retriever} at rank ${rank} for "${question}"`);
  }
}

const collector = new RunCollectorCallbackHandler();
const chain = RunnableSequence.from([
  {
    context: retriever.pipe((documents) => documents.map(({ pageContent }) => pageContent).join('\n')),
    question: new RunnablePassthrough(),
  },
  ChatPromptTemplate.fromTemplate('Answer from this text alone.\n{context}\nQuestion: {question}'),
  new FakeListChatModel({ responses: ['Charles Babbage, in 1791; Ada Lovelace followed in 1815.'] }),
  new StringOutputParser(),
]);
process.stdout.write('\nThe answer, streamed: ');
for await (const piece of await chain.stream(question, { callbacks: [collector] })) process.stdout.write(piece);

console.log("\n\nThe framework's own tracer saw:");
const print = ({ name, start_time, end_time, child_runs = [] }, depth) => {
  console.log(`${'  '.repeat(depth + 1)}${name} (${end_time - start_time} ms)`);
  for (const child of child_runs) print(child, depth + 1);
};
for (const run of collector.tracedRuns) print(run, 0);
await reranker.dispose();
