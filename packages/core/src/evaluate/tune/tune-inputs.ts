import { SecondpassError } from '../../errors.ts';
import type { Note } from '../../types.ts';
import type { Qrels, RankedRun } from '../run.ts';

/** How many hits the longest list of a run has. */
export function longestList({ lists }: RankedRun): number {
  let longest = 0;
  for (const hits of lists.values()) longest = Math.max(longest, hits.length);
  return longest;
}

/** Depths that the run can serve, and those beyond its longest list. */
export function splitDepths(
  depths: readonly number[],
  first: RankedRun,
): { readonly measured: readonly number[]; readonly unavailable: readonly number[] } {
  if (
    depths.length === 0 ||
    depths.some((depth, index) => !Number.isInteger(depth) || depth < 1 || depth <= (depths[index - 1] ?? 0))
  ) {
    throw new SecondpassError(
      'invalid-argument',
      `depths are ${depths.join(', ')}; they must be whole numbers that rise, such as 10, 20, 50.`,
    );
  }
  const longest = longestList(first);
  const within = depths.filter((depth) => depth <= longest);
  const unavailable = depths.filter((depth) => depth > longest);
  // Where the run ends between two depths, the whole of it is tried too.
  const whole = unavailable.length > 0 && longest > (within.at(-1) ?? 0) ? [longest] : [];
  return { measured: [...within, ...whole], unavailable };
}

/**
 * Weights from 0 to below 1, rising, the reranker alone always among them. A first stage without scores has nothing to
 * blend: then the reranker is alone, with a note.
 */
export function usableBlends(
  blends: readonly number[],
  { name, lists }: RankedRun,
): { readonly blends: readonly number[]; readonly notes: readonly Note[] } {
  if (blends.length === 0 || !blends.every((blend) => blend >= 0 && blend < 1)) {
    throw new SecondpassError(
      'invalid-argument',
      `blends are ${blends.join(', ')}; they must be weights from 0 to below 1.`,
    );
  }
  const all = [...new Set([0, ...blends])].sort((a, b) => a - b);
  const hasScores = [...lists.values()].some((hits) => hits.some(({ score }) => score !== undefined));
  if (hasScores || all.length === 1) return { blends: all, notes: [] };
  const message = `"${name}" has no scores to blend with the reranker's; each reranker is tried alone.`;
  return { blends: [0], notes: [{ code: 'no-scores', by: 'tune', message }] };
}

/** Fewer queries cannot be halved and still have an interval. */
export const leastQueries = 4;

/**
 * Queries that can tell settings apart: with a text, with hits, and, where there are judgments, with a relevant
 * document.
 */
export function usableQueries(
  queries: ReadonlyMap<string, string>,
  first: RankedRun,
  qrels: Qrels | undefined,
): { readonly candidates: readonly string[]; readonly notes: readonly Note[] } {
  if (qrels?.size === 0)
    throw new SecondpassError(
      'invalid-argument',
      'There are no judgments to tune by; leave qrels out to tune without.',
    );
  const pool = qrels ? [...qrels.keys()] : [...first.lists.keys()];
  const isHopeless = (query: string): boolean =>
    qrels !== undefined && ![...qrels.get(query)!.values()].some((grade) => grade > 0);
  const isAbsent = (query: string): boolean => !queries.has(query) || (first.lists.get(query)?.length ?? 0) === 0;
  const candidates = pool.filter((query) => !isHopeless(query) && !isAbsent(query));
  if (candidates.length < leastQueries) {
    const [needed, files] = qrels
      ? ['a text, hits and a relevant document', 'run, queries and judgments']
      : ['a text and hits', 'run and queries'];
    throw new SecondpassError(
      'invalid-argument',
      `Only ${candidates.length} of ${pool.length} queries have ${needed}; tuning needs ${leastQueries} at the very least. Do ${files} belong together?`,
    );
  }
  return {
    candidates,
    notes: [
      ...note(pool.filter(isHopeless), 'nothing-relevant', 'have no relevant document'),
      ...note(pool.filter(isAbsent), 'unanswered-query', 'have no text or no hits'),
    ],
  };
}

function note(ids: readonly string[], code: string, what: string): Note[] {
  if (ids.length === 0) return [];
  const message = `${ids.length} query(ies), "${ids[0]}" among them, ${what}; no setting can change them, so they take no part.`;
  return [{ code, by: 'tune', message, ids }];
}
