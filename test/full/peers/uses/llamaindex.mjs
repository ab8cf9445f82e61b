// Everything of the adapter that depends on the framework, against the versions installed beside this file.
import assert from 'node:assert/strict';
import { BaseLLM } from '@llamaindex/core/llms';
import { RetrieverQueryEngine } from '@llamaindex/core/query-engine';
import { BaseRetriever } from '@llamaindex/core/retriever';
import { MetadataMode, TextNode } from '@llamaindex/core/schema';
import { Settings } from '@llamaindex/core/global';
import { languageModel, questionGenerator, SecondpassPostprocessor } from '@secondpass/llamaindex';
import { DecompositionRetriever, RerankingRetriever } from '@secondpass/llamaindex/retrievers';
import { dying, query, reranker, texts } from './word-overlap.mjs';

const nodes = texts.map((text, index) => new TextNode({ text, id_: `n${index}`, metadata: { page: index } }));
class Fixed extends BaseRetriever {
  async _retrieve() {
    return nodes.map((node) => ({ node, score: 0.5 }));
  }
}
class Echo extends BaseLLM {
  metadata = {
    model: 'echo',
    temperature: 0,
    topP: 1,
    contextWindow: 4096,
    tokenizer: undefined,
    structuredOutput: false,
  };
  async chat({ messages, stream }) {
    const content = texts.find((text) => String(messages.at(-1).content).includes(text)) ?? 'nothing';
    if (!stream) return { message: { role: 'assistant', content }, raw: null };
    return (async function* () {
      for (const delta of content.split(/(?<= )/)) yield { delta, raw: null };
    })();
  }
}
// The umbrella package is optional, and its older versions choose a language model of their own when they are loaded.
const umbrella = process.argv.includes('--umbrella') ? await import('llamaindex') : undefined;
Settings.llm = new Echo();
const ids = (found) => found.map(({ node: { id_: id } }) => id);
const pairs = nodes.map((node) => ({ node, score: 0.5 }));

const found = await new SecondpassPostprocessor({ reranker, metadataMode: MetadataMode.NONE }).postprocessNodes(
  pairs,
  query,
);
assert.deepEqual(ids(found), ['n1', 'n2', 'n0']);
assert.equal(found[0].node, nodes[1]);
const detailed = await new SecondpassPostprocessor({ reranker, details: true }).postprocessNodes(pairs, query);
assert.equal(detailed[0].node.metadata.secondpass.before, 2);
assert.ok(!detailed[0].node.getContent(MetadataMode.LLM).includes('secondpass'));
const kept = await new SecondpassPostprocessor({ reranker: dying }).postprocessNodes(pairs, query);
assert.deepEqual(ids(kept), ['n0', 'n1', 'n2']);

const engine = new RetrieverQueryEngine(new Fixed(), undefined, [new SecondpassPostprocessor({ reranker, topN: 1 })]);
assert.equal((await engine.query({ query })).message.content, texts[1]);
let streamed = '';
for await (const { delta } of await engine.query({ query, stream: true })) streamed += delta;
assert.equal(streamed, texts[1]);
assert.deepEqual(ids(await new RerankingRetriever({ retriever: new Fixed(), reranker, topN: 1 }).retrieve(query)), [
  'n1',
]);
const parts = new DecompositionRetriever({ retrievers: { fixed: new Fixed() }, reranker });
const pooled = await parts.retrieve('Who wrote Dune and who likes cats?');
assert.equal(pooled.length, 3);
assert.ok(pooled[0].node.metadata.secondpass.sources.length >= 1);
const asked = await questionGenerator().generate(
  [{ name: 't', description: 'x' }],
  'Who was born earlier, Ada Lovelace or Charles Babbage?',
);
assert.ok(asked.length >= 2);
assert.equal((await languageModel(new Echo()).generate({ prompt: texts[2] })).value.text, texts[2]);

if (umbrella) {
  const { QueryEngineTool, SimilarityPostprocessor, SubQuestionQueryEngine } = umbrella;
  const tool = new QueryEngineTool({ queryEngine: engine, metadata: { name: 't', description: 'x' } });
  const sub = SubQuestionQueryEngine.fromDefaults({ queryEngineTools: [tool], questionGen: questionGenerator() });
  assert.notEqual((await sub.query({ query })).message.content, 'nothing');
  assert.equal((await new SimilarityPostprocessor({ similarityCutoff: 0.1 }).postprocessNodes(found)).length, 2);
}
console.log('ok');
