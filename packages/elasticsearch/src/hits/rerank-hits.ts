import { checkOptionNames } from '@secondpass/core';
import type { Content } from '@secondpass/core';
import type { Hit } from '../client/search-client.ts';
import type { RerankedHits } from './hit-detail.ts';
import { paramNames, type RerankParams } from './rerank-options.ts';
import { rerankOrKeep } from './rerank-or-keep.ts';
import { deadlineOf, settle } from './settings.ts';
import { firstStageOf, withDetail } from './present.ts';

/** Options of `rerankHits`: those of a search's `rerank`, and what a search has of its own. */
export interface RerankHitsOptions<H extends Hit = Hit, K extends string = '_secondpass'> extends Omit<
  RerankParams<H>,
  'query'
> {
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The key of the details in a hit. Default `_secondpass`. */
  readonly hitKey?: K | undefined;
}

/**
 * Reranks hits that you already have, from any search. Returns new hits, best first; those given stay as they are. Hits
 * beyond `window` follow below, untouched but for `_score`, which is `null` where the others were reranked; with `topK`
 * or `minScore` they are left out. `window` is all of them by default.
 *
 * @example
 * const { hits } = await rerankHits(response.hits.hits, 'how do bees find home?', { reranker, text: 'body' });
 */
export async function rerankHits<H extends Hit, K extends string = '_secondpass'>(
  hits: readonly H[],
  query: Content,
  options: RerankHitsOptions<H, K>,
): Promise<RerankedHits<H, K>> {
  checkOptionNames(options, [...paramNames.filter((name) => name !== 'query'), 'signal', 'hitKey'], 'rerankHits()');
  const { signal, hitKey = '_secondpass' as K, ...params } = options;
  const settings = settle({ window: Math.max(1, hits.length) }, params as RerankParams, 'rerankHits()');
  const { window, topK, minScore, onEvent } = settings;
  const head = hits.slice(0, window);
  const limits = { signal, deadline: deadlineOf(settings), topK, minScore, onEvent };
  const { hits: first, rerank } = await rerankOrKeep(head, query, settings, limits, hitKey);
  const ends = topK !== undefined || minScore !== undefined;
  const tail = hits
    .slice(window)
    .map((hit, at) =>
      withDetail(hit, { firstStage: firstStageOf(hit, window + at) }, hitKey, rerank.applied ? null : undefined),
    );
  return { hits: ends ? first : [...first, ...tail], rerank };
}
