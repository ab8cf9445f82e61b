import { SecondpassError } from '@secondpass/core';
import type { SearchParams } from '../client/search-client.ts';
import { omit } from '../omit.ts';
import { refuse } from '../search/refuse.ts';
import { headerAndBody, refuseParameters } from './parameters.ts';
import { withPoolSize } from './pool-size.ts';

/** One search of several. */
export interface PoolSearch {
  readonly name: string;
  readonly body: SearchParams;
  /** Its line above the body in `_msearch`, but for the index. Default: nothing. */
  readonly header?: SearchParams;
}

/** What one search of several is called, and where it comes from. */
export interface PoolSearchOrigin {
  readonly name: string;
  /** For messages: `Search "vectors"`. */
  readonly what: string;
  /** Beside what all searches are told the same: `searches`, `template`. */
  readonly beside: string;
}

/** What is no part of the search itself; `body` is where clients before 9 took it. */
const ours: readonly string[] = ['name', 'weight', 'body'];

/**
 * A search as a caller writes it, checked, and as it is sent.
 * @throws SecondpassError `invalid-argument` for what cannot be had in one search of several
 */
export function poolSearch(
  given: unknown,
  { name, what, beside }: PoolSearchOrigin,
  rankWindow: number = 100,
  transport?: { readonly asStream?: unknown },
): PoolSearch {
  checkBody(given, what);
  const { body: legacy = {} } = given;
  checkBody(legacy, `The body of ${what}`);
  const search: SearchParams = { ...legacy, ...omit(given, ...ours) };
  refuse(search, transport);
  refuseParameters(search, what, beside);
  const { header, body } = headerAndBody(search);
  return { name, header, body: withPoolSize(body, rankWindow) };
}

function checkBody(given: unknown, what: string): asserts given is SearchParams {
  const isBody = typeof given === 'object' && given !== null && !Array.isArray(given) && !(given instanceof Promise);
  if (isBody) return;
  const found = given instanceof Promise ? 'a promise' : String(given);
  throw new SecondpassError('invalid-argument', `${what} is ${found}; it must be an object, the body of a search.`);
}
