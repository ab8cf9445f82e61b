import { duration } from '../print/layout.ts';
import { modelOf } from '../print/model-of.ts';
import type { SearchReport } from './report.ts';

/** What an answer took, as a sentence; of a search that found nothing no model read anything. */
export function effortOf({ candidates, milliseconds, runs }: SearchReport): string {
  const { retrieve, rerank = 0 } = milliseconds;
  if (candidates === 0) return `Looked for in ${duration(retrieve)}.`;
  return `Found in ${duration(retrieve)}, reranked ${candidates} passages in ${duration(rerank)} (${modelOf(runs)}).`;
}
