import type { Note } from '../../types.ts';
import { latencyOf } from './latency.ts';
import { millisecondsTo, type ScoredPairs } from './scored-pairs.ts';
import type { Setting } from './setting.ts';

/**
 * Says so where milliseconds are those of a service that has been running: a reranker that keeps what it knows of a
 * text is quicker when the text comes up again, and in a collection texts come up for several queries.
 */
export function warmNote(
  { system, depth }: Setting,
  pairs: ScoredPairs,
  queries: readonly string[],
  depths: readonly number[],
): Note[] {
  const rows = system === undefined ? [] : queries.map((query) => pairs.get(system)!.get(query)!);
  const cold = rows.filter(({ warm }) => !warm);
  if (cold.length === rows.length) return [];
  const first = `${system} keeps what it has read, and ${rows.length - cold.length} of ${rows.length} queries met texts that others had brought up; the milliseconds are those of a service that has been running for a while.`;
  const ms = latencyOf(cold.map((row) => millisecondsTo(depth, row, depths))).p50;
  const second =
    cold.length > 0
      ? ` Where all ${depth} texts were new it took ${ms.toFixed(0)} ms at the median over ${cold.length} query(ies).`
      : '';
  return [{ code: 'warm', by: 'tune', message: first + second }];
}
