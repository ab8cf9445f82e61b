import type { Note, Ranked, Score } from '@secondpass/core';
import type { Hit } from '../client/search-client.ts';
import { explain } from './explain.ts';
import type { HitCandidate } from './hit-candidate.ts';
import type { HitDetail, RerankedHit, RerankSummary } from './hit-detail.ts';
import { withHiddenCause } from './hit-notes.ts';
import type { RankedWindow } from './rerank-window.ts';

/**
 * A hit as the caller gets it: everything it had, by reference, and the details under `key`. Where a ranking was made,
 * `_score` is the score of that ranking, or `null` for a hit that it did not score: a first-stage score is on another
 * scale. Where none was made, `_score` stays.
 * @param score of the ranking; `null` where it has none that compares with the others, `undefined` without a ranking
 */
export function withDetail<H extends Hit, K extends string>(
  hit: H,
  detail: HitDetail,
  key: K,
  score: Score | null | undefined,
): RerankedHit<H, K> {
  if (score === undefined) return { ...hit, [key]: detail } as RerankedHit<H, K>;
  return {
    ...hit,
    _score: score?.value ?? null,
    ...(score && hit._explanation !== undefined && { _explanation: explain(hit._explanation, score, detail) }),
    [key]: detail,
  } as RerankedHit<H, K>;
}

export function firstStageOf(hit: Hit, place: number | undefined): HitDetail['firstStage'] {
  return {
    score: hit._score ?? null,
    ...(place !== undefined && { place: place + 1 }),
    ...(hit.sort && { sort: hit.sort }),
  };
}

/** What stands beside a hit of the window. */
export function detailOf(item: Ranked<HitCandidate>, passages: readonly string[]): HitDetail {
  const { candidate, detail, score, placedBy, earlier } = item;
  const { logit } = detail ?? {};
  const of = score?.kind === 'logit' ? score.value : logit;
  return {
    firstStage: firstStageOf(candidate.hit, candidate.place),
    ...(placedBy !== undefined && { placedBy }),
    ...(score && { score }),
    ...(earlier && { earlier }),
    ...(of !== undefined && { logit: of }),
    ...passageOf(item, passages),
    ...(candidate.signals && { signals: candidate.signals }),
  };
}

/** The best passage: a span that the scorer names, or the passage that placed a hit with several. */
function passageOf(
  { candidate, detail, placedBy }: Ranked<HitCandidate>,
  passages: readonly string[],
): Pick<HitDetail, 'passage'> {
  if (placedBy === undefined) return {};
  const text = candidate.content as string;
  if (detail?.passage) {
    const { start, end } = detail.passage;
    return { passage: { text: text.slice(start, end), start, end } };
  }
  return passages.length > 1 ? { passage: { text } } : {};
}

/** The highest score of a list of hits; `null` where none has any. */
export function maxScore(hits: readonly { readonly _score?: number | null | undefined }[]): number | null {
  return hits.reduce<number | null>(
    (max, { _score }) => (typeof _score === 'number' && (max === null || _score > max) ? _score : max),
    null,
  );
}

export function summarise(
  window: number,
  reranker: string,
  hits: number,
  outcome: {
    readonly ranking?: RankedWindow;
    readonly reason?: RerankSummary['reason'];
    readonly notes?: readonly Note[];
    readonly tookMs: number;
  },
): RerankSummary {
  const { ranking } = outcome;
  const run = ranking?.runs.findLast(({ model, device }) => model !== undefined || device !== undefined);
  const placed = ranking?.placed ?? 0;
  const isLate = ranking?.notes.some(({ code }) => code === 'timed-out');
  const nothing = hits === 0 ? 'no-hits' : isLate ? 'timed-out' : 'nothing-scored';
  const reason = outcome.reason ?? (placed === 0 ? nothing : undefined);
  return {
    applied: reason === undefined,
    ...(reason && { reason }),
    window,
    scored: placed,
    unscored: hits - placed,
    took: Math.round(outcome.tookMs),
    reranker,
    ...(run?.model !== undefined && { model: run.model }),
    ...(run?.device !== undefined && { device: run.device }),
    notes: [...(ranking?.notes ?? []), ...(outcome.notes ?? [])].map(withHiddenCause),
  };
}
