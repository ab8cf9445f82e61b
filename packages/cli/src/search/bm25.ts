import MiniSearch from 'minisearch';
import { type Content, type Retriever, SecondpassError } from '@secondpass/core';
import type { PassageCandidate } from '../read/read-passages.ts';
import { indexTerm } from './index-term.ts';
import { indexWords } from './words.ts';

/** In-memory BM25 over passages: text, and the headings and file name above it. Scores are MiniSearch's BM25+. */
export function bm25(passages: readonly PassageCandidate[]): Retriever<PassageCandidate> {
  const index = new MiniSearch({
    fields: ['text', 'headings', 'file'],
    tokenize: (text) => indexWords(text),
    processTerm: indexTerm,
    extractField: ({ candidate, number }: { candidate: PassageCandidate; number: number }, field) => {
      if (field === 'id') return number;
      if (field === 'text') return candidate.passage.text;
      if (field === 'headings') return candidate.passage.headings.join(' ');
      return candidate.file;
    },
  });
  index.addAll(passages.map((candidate, number) => ({ candidate, number })));
  return {
    name: 'bm25',
    async retrieve(query, options) {
      options?.signal?.throwIfAborted();
      const hits = index.search(plainText(query), { boost: { headings: 1.5 } });
      return hits.slice(0, options?.limit).map(({ id, score }) => ({
        ...passages[id as number]!,
        score: { value: score, kind: 'retrieval', by: 'bm25' } as const,
      }));
    },
  };
}

function plainText(query: Content): string {
  if (typeof query === 'string') return query;
  throw new SecondpassError('invalid-argument', 'The bm25 index of the command searches by text alone.');
}
