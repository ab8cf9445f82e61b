import { rerankerWeight, type Setting } from './setting.ts';

/** How a system is made, as code. */
export interface SystemCode {
  /** A call of `loadReranker`, which is imported: `await loadReranker('mini-en/fast')`. Its name is then `model`. */
  readonly load: string;
  /** An expression that makes the scorer of `model`: `model.scorer`, or `passages(model.scorer)`. */
  readonly scorer: string;
  /** What `scorer` needs of `@secondpass/core`. */
  readonly imports: readonly string[];
}

/**
 * Code to paste for a setting, the same in JavaScript and TypeScript. `query` is the question, `candidates` is what the
 * first stage found, with its scores where it has them.
 */
export function codeFor({ system, depth, blend }: Setting, code: SystemCode | undefined): string {
  if (system === undefined || code === undefined) {
    return '// Keep the order of the first stage: nothing to install, nothing to wait for.\n';
  }
  const names = ['byScore', 'window', ...(blend > 0 ? ['blend', 'firstStage'] : []), ...code.imports];
  const scorer =
    blend === 0
      ? code.scorer
      : `blend(
  [
    { scorer: ${code.scorer}, weight: ${rerankerWeight(blend)} },
    { scorer: firstStage(), weight: ${blend} },
  ],
  { missing: 'lowest' },
)`;
  return `import { ${names.sort().join(', ')} } from '@secondpass/core';
import { loadReranker } from '@secondpass/core/models';

// Load the model once, when the program starts; await model.dispose() when it ends.
const model = ${code.load};
const scorer = ${scorer};
// The first ${depth} are reranked, the others stay below in their old order. A candidate is what the
// first stage found: { id, content, score: { value, kind: 'retrieval', by: 'bm25' } }; in TypeScript the
// kind is written kind: 'retrieval' as const.
const reranker = window(byScore(scorer), ${depth});
const { results } = await reranker.rerank(query, candidates, { topK: 10 });
`;
}
