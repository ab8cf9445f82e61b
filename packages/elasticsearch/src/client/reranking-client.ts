import type { estypes } from '@elastic/elasticsearch';
import type { Content } from '@secondpass/core';
import type { DecomposedParams, DecomposedResponse } from '../fuse/decomposed-search.ts';
import type { FusedResponse } from '../fuse/fused-response.ts';
import type { FusedParams } from '../fuse/fused-search.ts';
import type { RerankedHit, RerankedHits, RerankSummary } from '../hits/hit-detail.ts';
import type { RerankHitsOptions } from '../hits/rerank-hits.ts';
import type { RerankParams } from '../hits/rerank-options.ts';
import type { Hit, SearchClient, SearchParamsOf, TransportOptionsOf, WithMeta } from './search-client.ts';

type Aggregations = Record<string, estypes.AggregationsAggregate>;

/** The response of a search with `rerank`: the client's own, with what we say beside it. */
export type RerankedResponse<D, A = Aggregations, K extends string = '_secondpass'> = Omit<
  estypes.SearchResponse<D, A>,
  'hits'
> & {
  hits: Omit<estypes.SearchHitsMetadata<D>, 'hits'> & { hits: RerankedHit<estypes.SearchHit<D>, K>[] };
  rerank: RerankSummary;
};

/** What a client gains. */
export interface RerankingSearch<C extends SearchClient, K extends string> {
  search<D = unknown, A = Aggregations>(
    params: SearchParamsOf<C> & { readonly rerank: RerankParams<estypes.SearchHit<D>> },
    options: TransportOptionsOf<C> & { meta: true },
  ): Promise<WithMeta<RerankedResponse<D, A, K>>>;
  search<D = unknown, A = Aggregations>(
    params: SearchParamsOf<C> & { readonly rerank: RerankParams<estypes.SearchHit<D>> },
    options?: TransportOptionsOf<C>,
  ): Promise<RerankedResponse<D, A, K>>;
}

/**
 * `search` with a `rerank` that may be `undefined`. It stands last: where no overload fits, the compiler tells of the
 * last one, and the client's own do not know `rerank`.
 */
export interface PerhapsRerankingSearch<C extends SearchClient, K extends string> {
  search<D = unknown, A = Aggregations>(
    params: SearchParamsOf<C> & { readonly rerank?: RerankParams<estypes.SearchHit<D>> | undefined },
    options: TransportOptionsOf<C> & { meta: true },
  ): Promise<WithMeta<estypes.SearchResponse<D, A> | RerankedResponse<D, A, K>>>;
  search<D = unknown, A = Aggregations>(
    params: SearchParamsOf<C> & { readonly rerank?: RerankParams<estypes.SearchHit<D>> | undefined },
    options?: TransportOptionsOf<C>,
  ): Promise<estypes.SearchResponse<D, A> | RerankedResponse<D, A, K>>;
}

/** What a client has beside its own methods. */
export interface RerankingMethods<C extends SearchClient, K extends string> {
  /** `_msearch`, with `rerank` in the body of any of the searches. */
  msearch<D = unknown, A = Aggregations>(
    params: {
      readonly searches: readonly ({ readonly rerank?: RerankParams<estypes.SearchHit<D>> } & Readonly<
        Record<string, unknown>
      >)[];
    } & Readonly<Record<string, unknown>>,
    options?: TransportOptionsOf<C>,
  ): Promise<{
    took: number;
    responses: ((RerankedResponse<D, A, K> & { status?: number }) | estypes.ErrorResponseBase)[];
  }>;
  /** Several searches, one list: what `retriever.rrf` and `linear` do, on every licence. See `fusedSearch`. */
  fusedSearch<D = unknown>(
    params: FusedParams<estypes.SearchHit<D>, SearchParamsOf<C>>,
    options?: TransportOptionsOf<C>,
  ): Promise<FusedResponse<estypes.SearchHit<D>, K>>;
  /** A question in parts, one search per part, one list. See `decomposedSearch`. */
  decomposedSearch<D = unknown>(
    params: DecomposedParams<estypes.SearchHit<D>, SearchParamsOf<C>>,
    options?: TransportOptionsOf<C>,
  ): Promise<DecomposedResponse<estypes.SearchHit<D>, K>>;
  /** Reranks hits that you already have, with the client's defaults; without a `window` in either, all of them. */
  rerankHits<H extends Hit>(
    hits: readonly H[],
    query: Content,
    options?: RerankHitsOptions<H, K>,
  ): Promise<RerankedHits<H, K>>;
}

/** What the client's helpers gain, where it has any: documents with their `_id`, best first. */
type RerankingHelpers<C extends SearchClient> = C extends { readonly helpers: object }
  ? {
      readonly helpers: {
        search<D = unknown>(
          params: SearchParamsOf<C> & { readonly rerank: RerankParams<estypes.SearchHit<D>> },
          options?: TransportOptionsOf<C>,
        ): Promise<({ _id: string } & D)[]>;
      };
    }
  : unknown;

/** A child has `rerank` as its parent has, where the client has children. */
type RerankingChild<C extends SearchClient, K extends string> = C extends {
  child: (...given: infer G) => infer R extends SearchClient;
}
  ? { child(...given: G): RerankingClient<R, K> }
  : unknown;

/** A client of yours with `rerank`. Its own methods and types stay. */
export type RerankingClient<C extends SearchClient, K extends string = '_secondpass'> = RerankingSearch<C, K> &
  RerankingChild<C, K> &
  RerankingHelpers<C> &
  C &
  PerhapsRerankingSearch<C, K> &
  RerankingMethods<C, K>;
