import type { Note } from '@secondpass/core';
import { streamTrecRun } from '@secondpass/core/evaluate';
import { digestOf } from './same-run.ts';

/** What reranking a run will need, seen before anything is scored. */
export interface RunSurvey {
  /** A digest of each query's list, known or not, in the order of the run. */
  readonly digests: readonly string[];
  /** Those that have no text. */
  readonly unknownQueries: readonly string[];
  /** Documents within the depth of a query that has a text. */
  readonly needed: ReadonlySet<string>;
  /** Pairs of query and document within the depth. */
  readonly pairs: number;
  /** What was odd about the file. */
  readonly notes: readonly Note[];
}

/** Reads a run once, query by query. */
export async function surveyRun(
  run: string,
  options: {
    readonly texts: ReadonlyMap<string, string>;
    readonly depth: number;
    readonly duplicates?: 'throw' | 'keep-best' | undefined;
    readonly signal: AbortSignal;
  },
): Promise<RunSurvey> {
  const { texts, depth, duplicates, signal } = options;
  const needed = new Set<string>();
  const unknownQueries: string[] = [];
  const digests: string[] = [];
  let pairs = 0;
  const lists = streamTrecRun(run, { duplicates });
  let next = await lists.next();
  for (; !next.done; next = await lists.next()) {
    signal.throwIfAborted();
    const { query, hits } = next.value;
    digests.push(digestOf(next.value));
    if (!texts.has(query)) {
      unknownQueries.push(query);
      continue;
    }
    for (const { id } of hits.slice(0, depth)) needed.add(id);
    pairs += Math.min(depth, hits.length);
  }
  return { digests, unknownQueries, needed, pairs, notes: next.value };
}
