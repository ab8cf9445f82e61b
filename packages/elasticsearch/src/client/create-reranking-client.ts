import { checkOptionNames, SecondpassError } from '@secondpass/core';
import type { Content } from '@secondpass/core';
import { decomposedSearch } from '../fuse/decomposed-search.ts';
import { fusedSearch } from '../fuse/fused-search.ts';
import { rerankHits } from '../hits/rerank-hits.ts';
import { settingNames, type RerankSettings } from '../hits/rerank-options.ts';
import { asksForRerank, rerankedMsearch } from '../search/reranked-msearch.ts';
import { rerankedSearch, type TransportOptions } from '../search/reranked-search.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { helpersWith } from './helpers-with.ts';
import type { RerankingClient } from './reranking-client.ts';
import { methodOf, type Call, type Hit, type SearchClient, type SearchParams } from './search-client.ts';

/** Defaults for every search; each `rerank` may say otherwise, name by name. */
export interface RerankingClientOptions<K extends string = '_secondpass'> extends RerankSettings {
  /** The key of the details in a hit. Default `_secondpass`. */
  readonly hitKey?: K | undefined;
}

/**
 * The client you have, and `rerank` in its `search`, `msearch` and `helpers.search`; beside them `fusedSearch`,
 * `decomposedSearch` and `rerankHits`. Without `rerank` a call goes to the client as it is. Needs nothing of the
 * cluster but `_search`, so it works on every licence.
 *
 * @example
 * const reranker = await loadReranker();
 * const client = createRerankingClient(new Client({ node }), { reranker, text: ['title', 'body'] });
 * const { hits, rerank } = await client.search({ index: 'docs', query: { match: { body: question } }, rerank: {} });
 */
export function createRerankingClient<C extends SearchClient, const K extends string = '_secondpass'>(
  client: C,
  options: RerankingClientOptions<K> = {},
): RerankingClient<C, K> {
  checkOptionNames(options, [...settingNames, 'hitKey'], 'createRerankingClient()');
  const { hitKey = '_secondpass' as K, ...defaults } = options;
  const search = methodOf(client, 'search');
  if (!search) {
    throw new SecondpassError('invalid-argument', 'createRerankingClient() takes a client with a method "search".');
  }
  const own: Record<string, unknown> = {
    async search(params?: SearchParams, transport?: TransportOptions): Promise<unknown> {
      if (params?.['rerank'] === undefined) return search(...plain(params, transport));
      return rerankedSearch(search, params, transport, defaults, hitKey);
    },
    fusedSearch: (params: never, transport?: TransportOptions) =>
      fusedSearch(client, params, transport, defaults, hitKey),
    decomposedSearch: (params: never, transport?: TransportOptions) =>
      decomposedSearch(client, params, transport, defaults, hitKey),
    rerankHits: (hits: readonly Hit[], query: Content, params: object = {}) =>
      rerankHits(hits, query, { ...defaults, hitKey, ...withoutUndefined(params) }),
  };
  const msearch = methodOf(client, 'msearch');
  if (msearch) {
    own['msearch'] = async (params: SearchParams, transport?: TransportOptions): Promise<unknown> =>
      asksForRerank(params)
        ? rerankedMsearch(msearch, params, transport, defaults, hitKey)
        : msearch(...plain(params, transport));
  }
  const child = methodOf(client, 'child');
  if (child) own['child'] = (...given: Parameters<Call>) => createRerankingClient(child(...given) as never, options);
  const helpers: unknown = (client as { helpers?: unknown }).helpers;
  if (typeof helpers === 'object' && helpers !== null) own['helpers'] = helpersWith(helpers, own['search'] as Call);
  return new Proxy(client, {
    get(target, name) {
      if (typeof name === 'string' && Object.hasOwn(own, name)) return own[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' && name !== 'constructor' ? value.bind(target) : value;
    },
    has: (target, name) => (typeof name === 'string' && Object.hasOwn(own, name)) || Reflect.has(target, name),
  }) as unknown as RerankingClient<C, K>;
}

/** Arguments as they were given, so that a call without options stays one. */
function plain(params: unknown, transport: TransportOptions | undefined): Parameters<Call> {
  return transport === undefined ? [params] : [params, transport];
}
