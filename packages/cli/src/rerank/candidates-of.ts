import type { Candidate } from '@secondpass/core';
import type { RankedList } from '@secondpass/core/evaluate';

/** A list's documents as candidates, down to a depth, and those that nobody scores: below it, or without a text. */
export function candidatesOf(
  { hits }: RankedList,
  depth: number,
  texts: ReadonlyMap<string, string>,
): { readonly head: Candidate[]; readonly tail: { readonly id: string }[]; readonly withoutText: string[] } {
  const head: Candidate[] = [];
  const tail: { readonly id: string }[] = [];
  const withoutText: string[] = [];
  for (const [index, { id, score: value }] of hits.entries()) {
    const content = texts.get(id);
    if (index >= depth || content === undefined) tail.push({ id });
    else head.push({ id, content, ...(value !== undefined && { score: { value, kind: 'retrieval', by: 'run' } }) });
    if (index < depth && content === undefined) withoutText.push(id);
  }
  return { head, tail, withoutText };
}
