import { SecondpassError } from '@secondpass/core';
import type { SubQuestion } from '@secondpass/core';
import { collapseField } from './collapse.ts';
import { isMisuse } from './misuse.ts';
import { poolSearch, type PoolSearch } from './pool-search.ts';

/** Searches that a template makes of questions, one per question. */
export interface TemplatedSearches {
  /** @throws SecondpassError `invalid-argument` for what cannot be had in one search of several */
  readonly searchFor: (question: string) => PoolSearch;
  /** Throws what is wrong with the searches for these parts, as far as they are known before anything is sent. */
  readonly check: (parts: readonly SubQuestion[]) => void;
  /** All searches so far. */
  readonly made: () => readonly PoolSearch[];
}

export function templatedSearches(
  template: (question: string) => unknown,
  rankWindow: number | undefined,
  transport: { readonly asStream?: unknown } | undefined,
): TemplatedSearches {
  const made = new Map<string, PoolSearch>();
  const make = (name: string): PoolSearch => {
    const what = `The template's search for "${name}"`;
    const given = template(name);
    for (const option of ['name', 'weight']) {
      if ((given as Record<string, unknown> | undefined)?.[option] === undefined) continue;
      throw new SecondpassError(
        'invalid-argument',
        `${what} has ${option}, which only fusedSearch() knows: leave it out.`,
      );
    }
    return poolSearch(given, { name, what, beside: 'template' }, rankWindow, transport);
  };
  const searchFor = (question: string): PoolSearch => {
    const search = made.get(question) ?? make(question);
    made.set(question, search);
    return search;
  };
  return {
    searchFor,
    made: () => [...made.values()],
    check(parts) {
      for (const { text, needs = [] } of parts) {
        if (needs.length > 0) continue; // What it will ask is not known yet.
        try {
          searchFor(text);
        } catch (error) {
          // Whatever else a template throws costs its part and no other, as a search that fails does.
          if (isMisuse(error)) throw error;
        }
      }
      collapseField([...made.values()]);
    },
  };
}
