// Everything of the adapter that depends on the framework, against the versions installed beside this file.
import assert from 'node:assert/strict';
import { ContextualCompressionRetriever } from '@langchain/classic/retrievers/contextual_compression';
import { DocumentCompressorPipeline } from '@langchain/classic/retrievers/document_compressors';
import { Document } from '@langchain/core/documents';
import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { RunnablePassthrough, RunnableSequence } from '@langchain/core/runnables';
import { RunCollectorCallbackHandler } from '@langchain/core/tracers/run_collector';
import { FakeListChatModel, FakeRetriever } from '@langchain/core/utils/testing';
import {
  DecompositionRetriever,
  FusionRetriever,
  languageModel,
  RerankingRetriever,
  SecondpassCompressor,
} from '@secondpass/langchain';
import { dying, query, reranker, soon, texts } from './word-overlap.mjs';

const documents = texts.map(
  (pageContent, index) => new Document({ pageContent, metadata: { page: index }, id: `d${index}` }),
);
const retriever = new FakeRetriever({ output: documents });
const ids = (found) => found.map(({ id }) => id);

const compressor = new SecondpassCompressor({ reranker });
const compressed = new ContextualCompressionRetriever({
  baseCompressor: new DocumentCompressorPipeline({ transformers: [compressor] }),
  baseRetriever: retriever,
});
const found = await compressed.invoke(query);
assert.deepEqual(ids(found), ['d1', 'd2', 'd0']);
assert.deepEqual(found[0].metadata, { page: 1, relevanceScore: 4 / 7 });
assert.deepEqual(documents[1].metadata, { page: 1 });
assert.deepEqual(ids(await compressor.asRunnable().invoke({ query, documents })), ['d1', 'd2', 'd0']);

const collector = new RunCollectorCallbackHandler();
const chain = RunnableSequence.from([
  {
    context: new RerankingRetriever({ retriever, reranker, topN: 1 }).pipe((all) => all[0].pageContent),
    question: new RunnablePassthrough(),
  },
  ChatPromptTemplate.fromTemplate('{context} {question}'),
  new FakeListChatModel({ responses: ['Frank Herbert'] }),
  new StringOutputParser(),
]);
const pieces = [];
for await (const piece of await chain.stream(query, { callbacks: [collector] })) pieces.push(piece);
assert.equal(pieces.join(''), 'Frank Herbert');
assert.ok(pieces.length > 5);
const names = (run) => [run.name, ...(run.child_runs ?? []).flatMap(names)];
assert.ok(collector.tracedRuns.flatMap(names).includes('word-overlap'));

const hanging = { name: 'hanging', rerank: () => new Promise(() => {}) };
const started = performance.now();
const config = { signal: soon() };
await assert.rejects(new RerankingRetriever({ retriever, reranker: hanging }).invoke(query, config), /abort|timeout/i);
assert.ok(performance.now() - started < 1000);
const kept = await new RerankingRetriever({ retriever, reranker: dying }).invoke(query);
assert.deepEqual(ids(kept), ['d0', 'd1', 'd2']);
assert.equal(kept[0].metadata.secondpass.notes[0].code, 'fell-back');

const fused = await new FusionRetriever({ retrievers: { a: retriever, b: retriever } }).invoke(query);
assert.deepEqual(ids(fused), ['d0', 'd1', 'd2']);
assert.equal(fused[0].metadata.secondpass.sources.length, 2);
const parts = await new DecompositionRetriever({ retrievers: { a: retriever }, reranker }).invoke(
  'Who wrote Dune and who likes cats?',
);
assert.equal(parts.length, 3);
const answer = await languageModel(new FakeListChatModel({ responses: ['{"a":1}'] })).generate({
  prompt: 'x',
  schema: { type: 'object' },
});
assert.deepEqual(JSON.parse(answer.value.text), { a: 1 });
console.log('ok');
