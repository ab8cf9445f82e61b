import { checkInteger, checkNumber, checkOptionNames, reciprocalRank, SecondpassError } from '@secondpass/core';
import type { Content, Fusion } from '@secondpass/core';
import type { Hit, SearchParams } from '../client/search-client.ts';
import type { RerankParams, RerankSettings } from '../hits/rerank-options.ts';
import { deadlineOf, settle } from '../hits/settings.ts';
import { queryOfRequest } from '../query/query-of-request.ts';
import type { TransportOptions } from '../search/reranked-search.ts';
import { within } from '../within.ts';
import { collapse, collapseField } from './collapse.ts';
import { fuseHits } from './fuse-hits.ts';
import { fusedResponse, type FusedResponse } from './fused-response.ts';
import { gatherPools, type GatherPoolsOptions } from './gather-pools.ts';
import { whereNames } from './parameters.ts';
import { poolSearch, type PoolSearch } from './pool-search.ts';

/** One search of several: a search body as the client takes it, and how it counts. */
export type FusedPart<P = SearchParams> = P & {
  /** Tells it apart in provenance. Default: `search 1`, `search 2`, … */
  readonly name?: string;
  /** How much it counts, at least 0. Default 1. */
  readonly weight?: number;
};

/** What fused and decomposed searches share. */
export interface FusedOptions<H extends Hit = Hit> extends GatherPoolsOptions {
  /** Any fusion of the core: `reciprocalRank()`, `weightedScores()`, … */
  readonly fusion?: Fusion | undefined;
  /** Reranks the fused list. `{}` takes the client's defaults. */
  readonly rerank?: RerankParams<H> | undefined;
  /** 0-based place of the first hit wanted. Default 0. */
  readonly from?: number | undefined;
  /** Default 10. */
  readonly size?: number | undefined;
  /**
   * How many hits each search gives to the fusion, unless its own `size` says otherwise or its retriever gives fewer. Keep
   * it while paging. Default 100.
   */
  readonly rankWindow?: number | undefined;
}

export interface FusedParams<H extends Hit = Hit, P = SearchParams> extends FusedOptions<H> {
  readonly searches: readonly FusedPart<P>[];
}

export const fusedOptionNames: readonly string[] = [
  'index',
  'pit',
  'keepAlive',
  'onFailure',
  'fusion',
  'rerank',
  'from',
  'size',
  'rankWindow',
  ...whereNames,
];

/**
 * Several searches, one list: all in one `_msearch` under one point in time, fused here, and reranked if asked. What the
 * `rrf` and `linear` retrievers do, on every licence, and with any fusion of the core. Default: reciprocal rank fusion
 * with k = 60, as the retriever's `rank_constant`.
 */
export async function fusedSearch<K extends string>(
  client: object,
  params: FusedParams,
  transport: TransportOptions | undefined,
  defaults: RerankSettings,
  key: K,
): Promise<FusedResponse<Hit, K>> {
  checkOptionNames(params, [...fusedOptionNames, 'searches'], 'fusedSearch()');
  const { searches, fusion = reciprocalRank() } = params;
  if (!Array.isArray(searches) || searches.length === 0) {
    throw new SecondpassError(
      'invalid-argument',
      'fusedSearch() needs searches: an array of search bodies, at least one.',
    );
  }
  const { page, settings, deadline } = checkFused(params, transport, defaults);
  const parts = (searches as readonly FusedPart[]).map((part, at) => partOf(part, at, params.rankWindow, transport));
  const field = collapseField(parts);
  const query = settings ? (settings.query ?? sharedQuery(parts.map(({ body }) => body))) : '';
  const limits = { signal: transport?.signal, deadline };
  const gathered = await within('the searches', limits, (signal) =>
    gatherPools(client, parts, params, signal ? { ...transport, signal } : transport),
  );
  const pools = parts.map(({ name, weight }, at) => ({ name, weight, hits: gathered.answers[at]?.hits?.hits ?? [] }));
  return fusedResponse(
    parts,
    gathered,
    collapse(fuseHits(pools, fusion), field),
    { ...page, fusion: fusion.name, rerank: settings, query, limits },
    key,
  );
}

/** Checks what fused and decomposed searches share; nothing has been sent when it throws. */
export function checkFused(
  { from = 0, size = 10, rankWindow, rerank, onFailure, pit, ...options }: FusedOptions,
  transport: TransportOptions | undefined,
  defaults: RerankSettings,
): {
  readonly page: { readonly from: number; readonly size: number };
  readonly settings: ReturnType<typeof settle> | undefined;
  readonly deadline: number | undefined;
} {
  checkInteger('from', from, 0);
  checkInteger('size', size, 0);
  checkInteger('rankWindow', rankWindow, 1);
  if (transport?.meta || transport?.asStream) {
    throw new SecondpassError(
      'invalid-argument',
      'meta and asStream cannot be had here: the response is made of several.',
    );
  }
  const where = pit ? whereNames.find((name) => options[name] !== undefined) : undefined;
  if (where !== undefined) {
    const message = `${where} cannot be had with a pit of yours: pass it where that is opened.`;
    throw new SecondpassError('invalid-argument', message);
  }
  const settings =
    rerank === undefined ? undefined : settle(onFailure ? { ...defaults, onFailure } : defaults, rerank, 'rerank');
  return { page: { from, size }, settings, deadline: settings && deadlineOf(settings) };
}

function partOf(
  part: FusedPart,
  at: number,
  rankWindow: number | undefined,
  transport: TransportOptions | undefined,
): PoolSearch & { readonly weight: number | undefined } {
  const { name = `search ${at + 1}`, weight } = (part ?? {}) as Partial<FusedPart>;
  checkNumber(`weight of "${name}"`, weight, 0);
  const origin = { name, what: `Search "${name}"`, beside: 'searches' };
  return { ...poolSearch(part, origin, rankWindow, transport), weight };
}

/** The one text that all searches ask for, as far as they say any. */
function sharedQuery(bodies: readonly SearchParams[]): Content {
  const query = queryOfRequest({
    query: {
      bool: { should: bodies.flatMap((body) => queryOfRequest(body) ?? []).map((text) => ({ match: { _: text } })) },
    },
  });
  if (query !== undefined) return query;
  throw new SecondpassError(
    'invalid-argument',
    'None of the searches holds a text that says what is asked: pass rerank.query.',
  );
}
