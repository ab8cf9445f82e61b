// Everything of the adapter that depends on the SDK, against the version installed beside this file.
import assert from 'node:assert/strict';
import { languageModel, rerankingModel } from '@secondpass/ai-sdk';
import { rerank } from 'ai';
import { dying, query, reranker, soon, texts } from './word-overlap.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;
const specifications = process.argv.includes('--v4') ? ['v3', 'v4'] : ['v3'];
for (const specification of specifications) {
  const model = rerankingModel(reranker, { specification });
  const { ranking, rerankedDocuments } = await rerank({ model, query, documents: texts, topN: 2 });
  assert.deepEqual(
    ranking.map(({ originalIndex, score }) => [originalIndex, score]),
    [
      [1, 4 / 7],
      [2, 1 / 7],
    ],
  );
  assert.deepEqual(rerankedDocuments, [texts[1], texts[2]]);
  const objects = texts.map((text, id) => ({ id, text }));
  assert.equal((await rerank({ model, query, documents: objects })).ranking[0].document.id, 1);
  const kept = await rerank({ model: rerankingModel(dying, { specification }), query, documents: texts });
  assert.deepEqual(
    kept.ranking.map(({ originalIndex }) => originalIndex),
    [0, 1, 2],
  );
  const hanging = { name: 'hanging', rerank: () => new Promise(() => {}) };
  const call = {
    model: rerankingModel(hanging, { specification }),
    query,
    documents: texts,
    abortSignal: soon(),
  };
  await assert.rejects(rerank(call), /abort|timeout/i);
}
const { MockLanguageModelV3, MockLanguageModelV4 } = await import('ai/test');
const Mock = MockLanguageModelV4 ?? MockLanguageModelV3;
const model = new Mock({
  doGenerate: async () => ({ content: [{ type: 'text', text: 'hello' }], usage: {}, warnings: [] }),
});
assert.equal((await languageModel(model).generate({ prompt: 'x' })).value.text, 'hello');
console.log('ok');
