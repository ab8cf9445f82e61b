import { SecondpassError } from '@secondpass/core';
import type { Content, Note } from '@secondpass/core';
import type { Hit } from '../client/search-client.ts';
import type { HitDetail, RerankedHits } from './hit-detail.ts';
import { detailOf, firstStageOf, summarise, withDetail } from './present.ts';
import type { CheckedSettings } from './settings.ts';
import { rerankWindow, type WindowOptions } from './rerank-window.ts';

/** Beside what `rerankWindow` does: keeps the first stage's order if the reranker fails, unless told to throw. */
export async function rerankOrKeep<H extends Hit, K extends string>(
  hits: readonly H[],
  query: Content,
  settings: CheckedSettings,
  options: WindowOptions,
  key: K,
  beside: (place: number) => Partial<HitDetail> = () => ({}),
): Promise<RerankedHits<H, K>> {
  const started = performance.now();
  const { reranker, window } = settings;
  try {
    const ranking = await rerankWindow(hits, query, settings, options);
    return {
      hits: ranking.ranked.map((item) => {
        const { place } = item.candidate;
        const detail = { ...detailOf(item, ranking.passages[place]!), ...beside(place) };
        return withDetail(hits[place]!, detail, key, ranking.placed > 0 ? (ranking.scoreOf(item) ?? null) : undefined);
      }),
      rerank: summarise(window, reranker.name, hits.length, { ranking, tookMs: performance.now() - started }),
    };
  } catch (cause) {
    options.signal?.throwIfAborted();
    const misuse = SecondpassError.isInstance(cause) && cause.code === 'invalid-argument';
    if (misuse || settings.onFailure === 'throw') throw cause;
    const late = SecondpassError.isInstance(cause) && cause.code === 'timed-out';
    const message = `${late ? 'The deadline passed' : `${reranker.name} failed`}; the hits stand in the search's own order: ${messageOf(cause)}`;
    const notes: Note[] = [{ code: late ? 'timed-out' : 'fell-back', by: reranker.name, message, cause }];
    return {
      hits: hits
        .slice(0, options.topK)
        .map((hit, place) =>
          withDetail(hit, { firstStage: firstStageOf(hit, place), ...beside(place) }, key, undefined),
        ),
      rerank: summarise(window, reranker.name, hits.length, {
        reason: late ? 'timed-out' : 'failed',
        notes,
        tookMs: performance.now() - started,
      }),
    };
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
