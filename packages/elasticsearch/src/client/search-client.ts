import type { estypes } from '@elastic/elasticsearch';

/** What we call of a client. The Elasticsearch clients 8.13 to 9.x fit, for the stack as for serverless. */
export interface SearchClient {
  search(params: never, options?: never): Promise<unknown>;
}

/** What a given client's `search` takes; of several overloads the last, most general one counts. */
type Given<C> = C extends { search: (...given: infer G) => unknown } ? G : never;

/** The search parameters that a given client takes. */
export type SearchParamsOf<C> = Given<C> extends [(infer P)?, ...unknown[]] ? NonNullable<P> : never;

/** The transport options that a given client takes: `signal`, `requestTimeout`, `maxRetries`, `headers` and others. */
export type TransportOptionsOf<C> = Given<C> extends [unknown?, (infer O)?, ...unknown[]] ? NonNullable<O> : never;

/** What a call with `meta: true` answers. */
export interface WithMeta<B> {
  readonly body: B;
  readonly statusCode: number | null;
  readonly headers: Readonly<Record<string, unknown>> | null;
  readonly warnings: string[] | null;
  readonly meta: unknown;
}

/** A hit, as little of it as we read. */
export interface Hit {
  readonly _index?: string | undefined;
  readonly _id?: string | undefined;
  readonly _routing?: string | undefined;
  readonly _score?: number | null | undefined;
  readonly _source?: unknown;
  readonly _explanation?: unknown;
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  readonly highlight?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly inner_hits?: Readonly<Record<string, { readonly hits: { readonly hits: readonly Hit[] } }>> | undefined;
  readonly matched_queries?: readonly string[] | Readonly<Record<string, number>> | undefined;
  readonly sort?: readonly unknown[] | undefined;
}

/** The body of an answered search, as little of it as we read. */
export interface SearchBody {
  readonly took?: number;
  readonly timed_out?: boolean;
  readonly _shards?: {
    readonly total: number;
    readonly successful: number;
    readonly skipped?: number;
    readonly failed: number;
  };
  readonly _clusters?: {
    readonly total: number;
    readonly skipped: number;
    readonly partial?: number;
    readonly failed?: number;
  };
  readonly hits?: {
    readonly total?: number | { readonly value: number; readonly relation: string };
    readonly max_score?: number | null;
    readonly hits?: readonly Hit[];
  };
  readonly error?: unknown;
}

/** Search parameters, as little of them as we read. */
export interface SearchParams {
  /** What else the client takes. */
  readonly [name: string]: unknown;
  /** How many hits are skipped. Default 0. */
  readonly from?: number;
  /** How many hits are answered. Default 10. */
  readonly size?: number;
  /** The `sort` of the hit to go on after. */
  readonly search_after?: readonly unknown[];
}

export type Call = (params: unknown, options?: unknown) => Promise<unknown>;

/** A method of the client by name, bound to it; `undefined` if it has none. */
export function methodOf(client: object, name: string): Call | undefined {
  const method: unknown = (client as Record<string, unknown>)[name];
  return typeof method === 'function' ? (method.bind(client) as Call) : undefined;
}

/** The hit type of the installed client. */
export type SearchHit<D> = estypes.SearchHit<D>;
