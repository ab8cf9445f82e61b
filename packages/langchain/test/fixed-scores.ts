import { Document, type DocumentInterface } from '@langchain/core/documents';
import { byScore, type Reranker, type ScoreKind } from '@secondpass/core';
import { SecondpassCompressor, type SecondpassCompressorOptions, type SecondpassMetadata } from '../src/index.ts';

/** Documents and rerankers of fixed scores, and what tests read of the answers. */
export const documents = ['first', 'second', 'third'].map(
  (pageContent, page) => new Document({ pageContent, metadata: { page }, id: `d${page}` }),
);
export const scoring = (kind: ScoreKind, ...scores: (number | undefined)[]): Reranker =>
  byScore({ name: 'fixed', kind, pointwise: true, score: async () => ({ value: { scores } }) });
export const compress = (
  options: SecondpassCompressorOptions,
  given: Document[] = documents,
  query = 'q',
): Promise<DocumentInterface[]> => new SecondpassCompressor(options).compressDocuments(given, query);
export const scoresOf = (found: readonly DocumentInterface[]): unknown[] =>
  found.map(({ metadata }) => (metadata as { relevanceScore?: number }).relevanceScore);
export const idsOf = (found: readonly DocumentInterface[]): (string | undefined)[] => found.map(({ id }) => id);
export const about = (found: DocumentInterface | undefined): SecondpassMetadata =>
  (found!.metadata as { secondpass: SecondpassMetadata }).secondpass;
export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

export const throwing = (): never => {
  throw new Error('observer');
};
