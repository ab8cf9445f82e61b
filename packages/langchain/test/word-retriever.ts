import { Document } from '@langchain/core/documents';
import { BaseRetriever } from '@langchain/core/retrievers';
import type { Decomposer } from '@secondpass/core';

export const texts = [
  'Ada Lovelace was born in London in 1815',
  'Charles Babbage was born in London in 1791',
  'Charles Babbage designed the analytical engine',
  'Cats sleep all day',
].map((pageContent, index) => new Document({ pageContent, metadata: { page: index }, id: `d${index}` }));

/** Finds what shares most words with the query: an honest little search engine. */
export class WordRetriever extends BaseRetriever {
  lc_namespace = ['test'];
  asked: string[] = [];
  override _getRelevantDocuments(query: string): Promise<Document[]> {
    return this.search(query);
  }
  async search(query: string): Promise<Document[]> {
    this.asked.push(query);
    const words = new Set(query.toLowerCase().match(/[a-z]+/g));
    const shared = ({ pageContent }: Document): number =>
      pageContent
        .toLowerCase()
        .split(' ')
        .filter((word) => words.has(word)).length;
    return texts.filter((one) => shared(one) > 0).sort((a, b) => shared(b) - shared(a));
  }
}
export class BrokenRetriever extends BaseRetriever {
  lc_namespace = ['test'];
  override async _getRelevantDocuments(): Promise<Document[]> {
    throw new Error('index is gone');
  }
}
export const question = 'Who was born earlier, Ada Lovelace or Charles Babbage?';
/** A decomposer that knows its parts. */
export const parts = (...given: string[]): Decomposer => ({
  name: 'given',
  decompose: async () => ({ value: given.map((text) => ({ text })) }),
});
