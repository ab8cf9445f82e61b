import type { Setting } from './setting.ts';

/**
 * TypeScript to paste for a setting. `candidates` is the list the first stage found, with its scores where it has them.
 * @param make an expression that loads the system: `await loadReranker()`
 */
export function codeFor({ system, depth, blend }: Setting, make: string): string {
  if (system === undefined) return '// Keep the order of the first stage: nothing to install, nothing to wait for.\n';
  if (blend === 0) {
    return `import { window } from '@secondpass/core';
import { loadReranker } from '@secondpass/core/models';

await using model = ${make};
const reranker = window(model, ${depth});
// The first ${depth} reranked, the others below in their old order.
const { results } = await reranker.rerank(query, candidates, { topK: 10 });
`;
  }
  return `import { weightedScores } from '@secondpass/core';
import { loadReranker } from '@secondpass/core/models';

await using model = ${make};
const head = candidates.slice(0, ${depth});
const { results } = await model.rerank(query, head);
const reranked = results.map(({ candidate, score }) => ({ ...candidate, score }));
const fused = weightedScores().fuse([
  { name: 'first stage', candidates: head, weight: ${blend} },
  { name: 'reranker', candidates: reranked, weight: ${Number((1 - blend).toFixed(6))} },
]);
const ranked = [...fused.candidates.map(({ origin }) => origin), ...candidates.slice(${depth})];
`;
}
