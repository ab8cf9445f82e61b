// secondpass, as its users call it: ours.mjs MODEL WORKERS
import { loadReranker } from '@secondpass/core/models';
import { serve } from './child.mjs';

const [model, workers] = process.argv.slice(2);
await serve(async () => {
  const reranker = await loadReranker(model, { workers: Number(workers), kind: 'logit' });
  await reranker.warmUp();
  return async (query, texts) => {
    const candidates = texts.map((content, index) => ({ id: `${index}`, content }));
    const { results } = await reranker.rerank(query, candidates);
    const scores = Array.from({ length: texts.length });
    for (const { originalIndex, score } of results) scores[originalIndex] = score?.value;
    return scores;
  };
});
