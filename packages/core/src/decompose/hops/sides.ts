import type { SubQuestion } from '../../search-types.ts';

/** To the reranker, evidence found by a guess counts less than evidence for what was asked. Chosen on odd queries of musique-dev. */
const guessWeight = 0.4;
const followUpWeight = 0.3;

/**
 * What the reranker hears as the parts of a question: those asked with a guess at what they need count less, and what
 * followed from the question is one more part, last, since it has evidence of its own.
 * @param told which parts have an answer that is no guess
 */
export function sidesOf(
  parts: readonly SubQuestion[],
  told: ReadonlyMap<number, string>,
  followed: { readonly whole: string } | undefined,
): SubQuestion[] {
  const guessed = ({ needs = [] }: SubQuestion): boolean => needs.some((need) => !told.has(need));
  return [
    ...parts.map((part) => (guessed(part) ? { ...part, weight: guessWeight * (part.weight ?? 1) } : part)),
    ...(followed ? [{ text: followed.whole, weight: followUpWeight }] : []),
  ];
}
