// The table of contents of @secondpass/core/evaluate: judgments and runs, measures, comparison, reports.
export type { Hit, Qrels, RankedList, RankedRun } from './run.ts';
export { qrelsOf, runOf } from './from-objects.ts';

// Files.
export { readTrecRun, parseTrecRun, streamTrecRun } from './trec-run.ts';
export type { RunOptions } from './trec-run-lines.ts';
export { parseRunJsonLines, readRunJsonLines } from './run-json-lines.ts';
export { parseQrels, readQrels } from './qrels.ts';
export {
  documentText,
  readCollection,
  readQueries,
  streamCorpus,
  type BeirDocument,
  type Collection,
  type CollectionOptions,
} from './collection.ts';
export { formatQrels, formatRunJsonLines, formatTrecRun, writeLines, type WriteRunOptions } from './write-runs.ts';
