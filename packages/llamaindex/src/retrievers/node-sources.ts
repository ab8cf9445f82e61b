import type { Source, SubQuestion } from '@secondpass/core';
import type { SecondpassMetadata } from '../node-candidate.ts';

/**
 * Where a fused node was seen: pools are named `retriever`, or `retriever #part`.
 * @param question the text that was asked; `undefined` where there was none
 */
export function nodeSources(
  sources: readonly Source[],
  names: readonly string[],
  question: string | undefined,
  parts: readonly SubQuestion[],
): SecondpassMetadata['sources'] & {} {
  const pools = new Map<string, { readonly retriever: string; readonly question?: string }>();
  for (const retriever of names) {
    for (const [index, { text }] of parts.entries())
      pools.set(`${retriever} #${index + 1}`, { retriever, question: text });
  }
  for (const retriever of names) pools.set(retriever, { retriever, ...(question !== undefined && { question }) });
  return sources.map(({ pool, rank, score }) => ({
    ...(pools.get(pool) ?? { retriever: pool }),
    rank,
    ...(score && { score: score.value }),
  }));
}
