// The query engines of LlamaIndex.TS with reranked nodes and with questions split by rules. The embeddings and the
// language model are local stand-ins, so that this runs without a key; put your own in their place.
import { loadReranker } from '@secondpass/core/models';
import { questionGenerator, SecondpassPostprocessor } from '@secondpass/llamaindex';
import { DecompositionRetriever } from '@secondpass/llamaindex/retrievers';
import { QueryEngineTool, RetrieverQueryEngine, SubQuestionQueryEngine } from 'llamaindex';
import { makeIndex } from './stand-ins.mjs';

const index = await makeIndex();
const reranker = await loadReranker();
const retriever = index.asRetriever({ similarityTopK: 8 });

const question = 'Which machine was programmed with punched cards before there were computers?';
console.log(`${question}\n`);
const postprocessor = new SecondpassPostprocessor({ reranker, topN: 3, metadataMode: 'NONE' });
const engine = new RetrieverQueryEngine(retriever, undefined, [postprocessor]);
const { message, sourceNodes } = await engine.query({ query: question });
console.log(`RetrieverQueryEngine: ${message.content}`);
for (const { node, score } of sourceNodes) console.log(`  ${score.toFixed(3)}  ${node.metadata.title}`);

const two = 'Who was born earlier, Ada Lovelace or Charles Babbage?';
console.log(`\n${two}\n`);
const parts = new DecompositionRetriever({
  retrievers: { vectors: retriever },
  reranker,
  topN: 3,
  metadataMode: 'NONE',
});
for (const { node, score } of await parts.retrieve(two)) {
  const questions = node.metadata.secondpass.sources.map(({ question }) => `"${question}"`);
  console.log(`  ${score.toFixed(3)}  ${node.metadata.title}, found for ${questions.join(', ')}`);
}
process.stdout.write('\nRetrieverQueryEngine over it, streaming: ');
for await (const { delta } of await new RetrieverQueryEngine(parts).query({ query: two, stream: true })) {
  process.stdout.write(delta);
}

const tool = new QueryEngineTool({
  queryEngine: engine,
  metadata: { name: 'encyclopedia', description: 'people and machines' },
});
const sub = SubQuestionQueryEngine.fromDefaults({ queryEngineTools: [tool], questionGen: questionGenerator() });
console.log(`\n\nSubQuestionQueryEngine: ${(await sub.query({ query: two })).message.content}`);
process.stdout.write('The same, streaming: ');
for await (const { delta } of await sub.query({ query: two, stream: true })) process.stdout.write(delta);
console.log();
await reranker.dispose();
