import { SecondpassError } from '@secondpass/core';
import type { SearchParams } from '../client/search-client.ts';
import { omit } from '../omit.ts';

/** Where to look and how, for all searches together, as Elasticsearch calls it. */
export interface WhereToSearch {
  readonly routing?: string | readonly string[] | undefined;
  readonly preference?: string | undefined;
  readonly ignore_unavailable?: boolean | undefined;
  readonly allow_no_indices?: boolean | undefined;
  readonly expand_wildcards?: string | readonly string[] | undefined;
}

export const whereNames = [
  'routing',
  'preference',
  'ignore_unavailable',
  'allow_no_indices',
  'expand_wildcards',
] as const;

/** What of the options says where to search, as a URL or a header takes it. */
export function whereOf(options: WhereToSearch): Readonly<Record<string, unknown>> {
  const given = whereNames.map((name) => [name, options[name]] as const).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]));
}

const ofAll = ['index', 'pit', 'rerank', 'from', 'search_after', ...whereNames];
const inHeader = ['search_type', 'request_cache', 'allow_partial_search_results', 'ccs_minimize_roundtrips'];

/** What a search alone takes in its URL and one of several has no place for, and what to do instead. */
const nowhere: Readonly<Record<string, readonly string[]>> = {
  'write it as query: { query_string }': words('q df analyzer analyze_wildcard default_operator lenient'),
  'write it as suggest': words('suggest_field suggest_mode suggest_size suggest_text'),
  'write it as _source: { exclude_vectors }': words('_source_exclude_vectors'),
  'leave it out': words(
    'typed_keys rest_total_hits_as_int filter_path human pretty error_trace querystring batched_reduce_size ' +
      'pre_filter_shard_size max_concurrent_shard_requests min_compatible_shard_node ignore_throttled ' +
      'include_named_queries_score force_synthetic_source',
  ),
};

/**
 * Refuses what cannot be said in one search of several.
 * @param what for messages: `Search "vectors"`
 * @param beside where that is said which belongs to all: beside `searches`, beside `template`
 * @throws SecondpassError `invalid-argument`
 */
export function refuseParameters(search: SearchParams, what: string, beside: string): void {
  const given = Object.keys(search).filter((name) => search[name] !== undefined);
  const misplaced = given.find((name) => ofAll.includes(name));
  if (misplaced !== undefined) {
    throw misuse(`${what} has ${misplaced}, which belongs to all searches together: pass it beside ${beside}.`);
  }
  for (const [wayOut, names] of Object.entries(nowhere)) {
    const name = given.find((one) => names.includes(one));
    if (name !== undefined) throw misuse(`${what} has ${name}, which only a search alone can have: ${wayOut}.`);
  }
}

/** A search as `_msearch` takes it: what a search alone has in its URL stands in the header or in the body. */
export function headerAndBody(search: SearchParams): { readonly header: SearchParams; readonly body: SearchParams } {
  const { _source_includes: includes, _source_excludes: excludes, sort, ...rest } = search;
  const header = Object.fromEntries(Object.entries(rest).filter(([name]) => inHeader.includes(name)));
  const filter = {
    ...(includes !== undefined && { includes: listOf(includes) }),
    ...(excludes !== undefined && { excludes: listOf(excludes) }),
  };
  const body = {
    ...omit(rest, ...inHeader),
    ...(sort !== undefined && { sort: sortOf(sort) }),
    // As in a URL, they stand above a `_source` in the body.
    ...(Object.keys(filter).length > 0 && { _source: filter }),
  };
  return { header, body };
}

function words(text: string): readonly string[] {
  return text.split(' ');
}

function listOf(names: unknown): unknown {
  return typeof names === 'string' ? names.split(',') : names;
}

/** `'_score:desc,date'` is the form of a URL. */
function sortOf(sort: unknown): unknown {
  if (typeof sort !== 'string' || sort === '') return sort;
  return sort.split(',').map((key) => {
    const [field = '', order] = key.trim().split(':');
    return order === undefined ? field : { [field]: order };
  });
}

function misuse(message: string): SecondpassError {
  return new SecondpassError('invalid-argument', message);
}
