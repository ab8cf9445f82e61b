import MiniSearch from 'minisearch';
import type { BeirDocument, RankedRun } from '@secondpass/core/evaluate';
import { indexTerm } from '../search/index-term.ts';
import { indexWords } from '../search/words.ts';

/**
 * A first stage for collections that come without one: MiniSearch's BM25+ over title and text, as `secondpass search`
 * uses it.
 */
export function bm25Run(
  documents: ReadonlyMap<string, BeirDocument>,
  queries: ReadonlyMap<string, string>,
  depth: number,
): RankedRun {
  const index = new MiniSearch<BeirDocument>({
    fields: ['title', 'text'],
    tokenize: (text) => indexWords(text),
    processTerm: indexTerm,
  });
  index.addAll([...documents.values()]);
  const lists = [...queries].map(([query, text]) => {
    const found = index.search(text).slice(0, depth);
    return [query, found.map(({ id, score }) => ({ id: id as string, score }))] as const;
  });
  return { name: 'bm25', lists: new Map(lists), notes: [] };
}
