import { textOf } from '../content.ts';
import { cosine } from '../maths/cosine.ts';
import { wordsOf } from '../maths/words.ts';
import type { Candidate } from '../types.ts';

/**
 * How alike two candidates of a list are, by their indices: the cosine of their vectors if every candidate brings one of
 * the same length, else the share of common words (Jaccard, in [0, 1]). What has no words is like nothing.
 */
export function likenessWithin(candidates: readonly Candidate[]): (a: number, b: number) => number {
  const vectors = candidates.map(({ vectors }) => (vectors?.rows === 1 ? vectors.data : undefined));
  const length = vectors[0]?.length;
  if (length !== undefined && vectors.every((vector) => vector?.length === length)) {
    return (a, b) => cosine(vectors[a]!, vectors[b]!);
  }
  const words = candidates.map(({ content }) => new Set(wordsOf(textOf(content))));
  return (a, b) => {
    const [small, large] = words[a]!.size < words[b]!.size ? [words[a]!, words[b]!] : [words[b]!, words[a]!];
    let common = 0;
    for (const word of small) if (large.has(word)) common++;
    return common === 0 ? 0 : common / (small.size + large.size - common);
  };
}
