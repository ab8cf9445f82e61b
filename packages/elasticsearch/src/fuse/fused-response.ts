import type { Content, Note } from '@secondpass/core';
import type { Hit, SearchBody } from '../client/search-client.ts';
import type { HitDetail, RerankedHit, RerankSummary } from '../hits/hit-detail.ts';
import { withHiddenCause } from '../hits/hit-notes.ts';
import { firstStageOf, maxScore, withDetail } from '../hits/present.ts';
import type { RerankParams } from '../hits/rerank-options.ts';
import { rerankOrKeep } from '../hits/rerank-or-keep.ts';
import type { CheckedSettings } from '../hits/settings.ts';
import { omit } from '../omit.ts';
import type { Limits } from '../within.ts';
import type { FusedHits } from './fuse-hits.ts';
import type { GatheredPools } from './gather-pools.ts';
import type { PoolSearch } from './pool-search.ts';

/** What one of the searches answered, but for its hits. */
export interface SearchReport {
  readonly name: string;
  readonly took?: number;
  readonly timed_out?: boolean;
  /** How many hits it gave to the fusion. */
  readonly found: number;
  readonly total?: NonNullable<SearchBody['hits']>['total'];
  readonly error?: unknown;
  /** `aggregations`, `suggest`, `profile` and whatever else it answered. */
  readonly [more: string]: unknown;
}

/** The usual shape of a response, for several searches at once. */
export interface FusedResponse<H, K extends string = '_secondpass'> {
  readonly took: number;
  readonly timed_out: boolean;
  readonly _shards: NonNullable<SearchBody['_shards']>;
  readonly hits: {
    /** Distinct hits in the pools; `gte` where a search had more than it gave. */
    readonly total: { readonly value: number; readonly relation: 'eq' | 'gte' };
    readonly max_score: number | null;
    readonly hits: RerankedHit<H, K>[];
  };
  readonly searches: readonly SearchReport[];
  /** The fusion's name. */
  readonly fusion: string;
  /** What went less well than asked, before reranking. A `cause` is not enumerable, so JSON does not hold it. */
  readonly notes: readonly Note[];
  /** Present if reranking was asked for. */
  readonly rerank?: RerankSummary;
}

/** What to do with the fused list. */
export interface FusedPage {
  readonly from: number;
  readonly size: number;
  readonly fusion: string;
  readonly rerank: (CheckedSettings & RerankParams) | undefined;
  readonly query: Content;
  readonly limits: Limits;
}

export async function fusedResponse<K extends string>(
  searches: readonly PoolSearch[],
  { answers, took, notes }: GatheredPools,
  { hits: fused, sources, notes: fusionNotes }: FusedHits,
  { from, size, fusion, rerank: settings, query, limits }: FusedPage,
  key: K,
): Promise<FusedResponse<Hit, K>> {
  let window = 0;
  let ends = false;
  let head: RerankedHit<Hit, K>[] = [];
  let rerank: RerankSummary | undefined;
  const beside = (place: number): Partial<HitDetail> => ({ sources: sources[place]! });
  if (settings) {
    const { topK, minScore, onEvent } = settings;
    window = settings.window;
    ends = topK !== undefined || minScore !== undefined;
    const firstStage = { kind: 'fused', by: fusion } as const;
    const options = { ...limits, topK, minScore, onEvent, firstStage };
    ({ hits: head, rerank } = await rerankOrKeep(fused.slice(0, window), query, settings, options, key, beside));
  }
  const tail = ends
    ? []
    : fused.slice(window).map((hit, at) => {
        const detail = { firstStage: firstStageOf(hit, window + at), ...beside(window + at) };
        return withDetail(hit, detail, key, rerank?.applied ? null : undefined);
      });
  const all = [...head, ...tail];
  const more = answers.some(({ hits }) => hasMore(hits));
  return {
    took,
    timed_out: answers.some(({ timed_out }) => timed_out === true),
    _shards: sumOfShards(answers),
    hits: {
      total: { value: fused.length, relation: more ? 'gte' : 'eq' },
      max_score: maxScore(all),
      hits: all.slice(from, from + size),
    },
    searches: searches.map(({ name }, at) => reportOn(name, answers[at])),
    fusion,
    notes: [...notes, ...fusionNotes.map(withIds)].map(withHiddenCause),
    ...(rerank && { rerank }),
  };
}

function reportOn(name: string, answer: SearchBody | undefined): SearchReport {
  const { hits } = answer ?? {};
  return {
    name,
    ...omit(answer ?? {}, 'hits', '_shards'),
    found: hits?.hits?.length ?? 0,
    ...(hits?.total !== undefined && { total: hits.total }),
  };
}

function hasMore(hits: SearchBody['hits']): boolean {
  const { total } = hits ?? {};
  if (total === undefined) return true;
  if (typeof total === 'number') return total > (hits?.hits?.length ?? 0);
  return total.relation !== 'eq' || total.value > (hits?.hits?.length ?? 0);
}

function sumOfShards(answers: readonly SearchBody[]): NonNullable<SearchBody['_shards']> {
  const sum = { total: 0, successful: 0, skipped: 0, failed: 0 };
  for (const { _shards } of answers) {
    for (const name of ['total', 'successful', 'skipped', 'failed'] as const) sum[name] += _shards?.[name] ?? 0;
  }
  return sum;
}

/** Keys of the fusion are `index/id`; notes speak of `_id`s. */
function withIds(note: Note): Note {
  return note.ids ? { ...note, ids: note.ids.map((id) => id.slice(id.indexOf('/') + 1)) } : note;
}
