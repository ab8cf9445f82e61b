import { checkedScores } from '../../checked-scores.ts';
import type { CallOptions, Candidate, Scorer } from '../../types.ts';
import type { RankedRun } from '../run.ts';
import type { ScoredQuery } from './scored-pairs.ts';

export interface ScoreQueryOptions extends Pick<CallOptions, 'signal'> {
  /** Query id to its text. */
  readonly queries: ReadonlyMap<string, string>;
  /** What the first stage found; its lists are scored from the top. */
  readonly first: RankedRun;
  /** The text of a document, or `undefined` if the corpus lacks it: it is then unscored. */
  readonly textOf: (id: string) => string | undefined;
  /** How far down a list is scored, ascending; the time to each is measured. */
  readonly depths: readonly number[];
}

/** One query's hits, scored step by step. What was read before counts: a text cut short is a score all the same. */
export async function scoreQuery(scorer: Scorer, query: string, options: ScoreQueryOptions): Promise<ScoredQuery> {
  const { queries, first, textOf, depths, signal } = options;
  const hits = first.lists.get(query) ?? [];
  const scores: (number | null)[] = [];
  const stepMs: number[] = [];
  let warm = false;
  for (const [index, depth] of depths.entries()) {
    const step = hits.slice(index === 0 ? 0 : depths[index - 1]!, depth);
    const candidates = step.flatMap(({ id, score: value }): Candidate[] => {
      const content = textOf(id);
      if (content === undefined) return [];
      // Rerankers may take the first stage's score into account, as they do where they are used.
      return [{ id, content, ...(value !== undefined && { score: { value, kind: 'retrieval', by: first.name } }) }];
    });
    const started = performance.now();
    const answer = candidates.length > 0 && (await scorer.score(queries.get(query)!, candidates, { signal }));
    const given = answer ? checkedScores(answer.value.scores, candidates.length, scorer.name) : [];
    warm ||= answer !== false && (answer.run?.usage?.cached ?? 0) > 0;
    stepMs.push(candidates.length > 0 ? performance.now() - started : 0);
    const byId = new Map(candidates.map(({ id }, at) => [id, given[at]]));
    scores.push(...step.map(({ id }) => byId.get(id) ?? null));
  }
  return { scores, stepMs, ...(warm && { warm }) };
}
