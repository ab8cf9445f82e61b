import { textOf } from '../content.ts';
import type { Candidate, Note } from '../types.ts';
import type { Pool } from './pool.ts';

/**
 * A note for every question whose pools share nothing at all. Two retrievers over one corpus nearly always agree on
 * something; when they do not, their ids are likely made in different ways, and fusing them cannot work.
 */
export function overlapNotes<C extends Candidate>(
  pools: readonly Pool<C>[],
  lists: readonly (readonly { readonly key: string; readonly origin: C }[])[],
  by: string,
): Note[] {
  const byQuestion = new Map<string | undefined, number[]>();
  for (const [at, { question }] of pools.entries()) {
    if (lists[at]!.length === 0) continue;
    const group = byQuestion.get(question);
    if (group) group.push(at);
    else byQuestion.set(question, [at]);
  }
  const notes: Note[] = [];
  for (const group of byQuestion.values()) {
    if (group.length < 2 || shares(group.map((at) => lists[at]!.map(({ key }) => key)))) continue;
    const names = group.map((at) => `"${pools[at]!.name}"`).join(', ');
    const sameTexts = shares(group.map((at) => lists[at]!.map(({ origin }) => textOf(origin.content))));
    const way = sameTexts
      ? `Some of their texts are equal: pass key: 'content', or { field } for a metadata field that both have.`
      : 'If they search the same documents, their ids differ: pass a key that both have.';
    notes.push({ code: 'no-overlap', by, message: `The pools ${names} answer one question and share no key. ${way}` });
  }
  return notes;
}

/** True if any value occurs in two of the lists. */
function shares(lists: readonly (readonly string[])[]): boolean {
  const seen = new Set<string>();
  for (const list of lists) {
    if (list.some((value) => seen.has(value))) return true;
    for (const value of list) seen.add(value);
  }
  return false;
}
