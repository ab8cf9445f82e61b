import type { Hit, SearchBody } from '../client/search-client.ts';
import type { RerankedHit, RerankSummary } from '../hits/hit-detail.ts';
import { firstStageOf, maxScore, summarise, withDetail } from '../hits/present.ts';
import { rerankOrKeep } from '../hits/rerank-or-keep.ts';
import type { Limits } from '../within.ts';
import { cursorAfter } from './cursor.ts';
import { partialNotes } from './partial.ts';
import type { SearchPlan } from './plan-search.ts';

/**
 * The response that the caller gets: the one that came, everything in it by reference, but for the page of hits,
 * `max_score` (of the window) and, added, `rerank`.
 */
export async function applyPlan<B extends SearchBody, K extends string>(
  plan: SearchPlan,
  body: B,
  limits: Limits,
  key: K,
): Promise<B & { readonly rerank: RerankSummary }> {
  const { page, settings, start, size } = plan;
  const { window, reranker, topK, minScore, onEvent } = settings;
  const came = body.hits?.hits ?? [];
  const notes = [...plan.notes, ...partialNotes(body)];
  if (!page.rerank || came.length === 0) {
    const reason = came.length === 0 ? 'no-hits' : 'beyond-window';
    const rerank = summarise(window, reranker.name, 0, { reason, notes, tookMs: 0 });
    const first = start === undefined ? undefined : start - page.skip;
    const hits = came.map((hit, at) =>
      withDetail(hit, { firstStage: firstStageOf(hit, first === undefined ? undefined : first + at) }, key, null),
    );
    return withHits(body, hits.slice(page.skip), null, rerank);
  }
  const options = { ...limits, topK, minScore, onEvent };
  const { hits: head, rerank } = await rerankOrKeep(came.slice(0, window), plan.query, settings, options, key);
  const ends = topK !== undefined || minScore !== undefined;
  const tail = ends
    ? []
    : came
        .slice(window)
        .map((hit, at) =>
          withDetail(hit, { firstStage: firstStageOf(hit, window + at) }, key, rerank.applied ? null : undefined),
        );
  const paged = head.map((hit, place) => (hit.sort ? { ...hit, sort: cursorAfter(place, window) } : hit));
  const hits = [...paged, ...tail].slice(page.skip, page.skip + size);
  const max = rerank.applied ? maxScore(head) : (body.hits?.max_score ?? null);
  return withHits(body, hits, max, { ...rerank, notes: [...rerank.notes, ...notes] });
}

function withHits<B extends SearchBody, K extends string>(
  body: B,
  hits: readonly RerankedHit<Hit, K>[],
  max_score: number | null,
  rerank: RerankSummary,
): B & { readonly rerank: RerankSummary } {
  if (!body.hits?.hits) return { ...body, rerank };
  return { ...body, hits: { ...body.hits, max_score, hits }, rerank };
}
