// secondpass' cross-encoder, as its users call it: ours.mjs MODEL WORKERS
import { byScore } from '@secondpass/core';
import { loadCrossEncoder } from '@secondpass/core/models';
import { serve } from './child.mjs';

const [name, workers] = process.argv.slice(2);
await serve(async () => {
  const model = await loadCrossEncoder(name, { workers: Number(workers), kind: 'logit' });
  await model.warmUp();
  const reranker = byScore(model);
  return async (query, texts) => {
    const candidates = texts.map((content, index) => ({ id: `${index}`, content }));
    const { results } = await reranker.rerank(query, candidates);
    const scores = Array.from({ length: texts.length });
    for (const { originalIndex, score } of results) scores[originalIndex] = score?.value;
    return scores;
  };
});
