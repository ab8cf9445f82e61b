import { checkNumber, checkOptionNames, reciprocalRank, SecondpassError } from '@secondpass/core';
import type { Content } from '@secondpass/core';
import type { Hit, SearchParams } from '../client/search-client.ts';
import type { RerankSettings } from '../hits/rerank-options.ts';
import { queryOfRequest } from '../query/query-of-request.ts';
import type { TransportOptions } from '../search/reranked-search.ts';
import { within } from '../within.ts';
import { collapse, collapseField } from './collapse.ts';
import { fuseHits } from './fuse-hits.ts';
import { fusedResponse, type FusedResponse } from './fused-response.ts';
import { checkFused, fusedOptionNames, type FusedOptions } from './fused-options.ts';
import { gatherPools } from './gather-pools.ts';
import { poolSearch, type PoolSearch } from './pool-search.ts';

/** One search of several: a search body as the client takes it, and how it counts. */
export type FusedPart<P = SearchParams> = P & {
  /** Tells it apart in provenance. Default: `search 1`, `search 2`, … */
  readonly name?: string | undefined;
  /** How much it counts, at least 0. Default 1. */
  readonly weight?: number | undefined;
};

export interface FusedParams<H extends Hit = Hit, P = SearchParams> extends FusedOptions<H> {
  /** At least one. */
  readonly searches: readonly FusedPart<P>[];
}

/**
 * Several searches, one list: all in one `_msearch` under one point in time, fused here, and reranked if asked. What
 * the `rrf` and `linear` retrievers do, on every licence, and with any fusion of the core. Default: reciprocal rank
 * fusion with k = 60, as the retriever's `rank_constant`.
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
  const { page, settings, deadline, onFailure } = checkFused(params, transport, defaults);
  const parts = (searches as readonly FusedPart[]).map((part, at) => partOf(part, at, params.rankWindow, transport));
  checkNames(parts);
  const field = collapseField(parts);
  const query = settings ? (settings.query ?? sharedQuery(parts.map(({ body }) => body))) : '';
  const limits = { signal: transport?.signal, deadline };
  const gathered = await within('the searches', limits, (signal) =>
    gatherPools(client, parts, { ...params, onFailure }, signal ? { ...transport, signal } : transport),
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

function checkNames(parts: readonly PoolSearch[]): void {
  const names = parts.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new SecondpassError('invalid-argument', `Two searches are named "${twice}"; give each its own name.`);
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
