import { checkInteger, SecondpassError } from '@secondpass/core';
import type { Content, Note } from '@secondpass/core';
import type { SearchParams } from '../client/search-client.ts';
import { by } from '../hits/hit-notes.ts';
import { settle, type CheckedSettings } from '../hits/settings.ts';
import type { RerankParams, RerankSettings } from '../hits/rerank-options.ts';
import { omit } from '../omit.ts';
import { queryOfRequest } from '../query/query-of-request.ts';
import { placeOfCursor } from './cursor.ts';
import { hitLimit, type HitLimit } from './hit-limit.ts';
import { withNeighbours } from './neighbours.ts';
import { planPage, type PagePlan } from './page.ts';
import { refuse } from './refuse.ts';

/** One search, ready to be sent, and what to do with its answer. */
export interface SearchPlan {
  /** A new request; the caller's is not touched. */
  readonly wire: SearchParams;
  readonly page: PagePlan;
  readonly query: Content;
  readonly settings: CheckedSettings & RerankParams;
  /** 0-based place of the first hit of the page; `undefined` if it continues from sort values of its own. */
  readonly start: number | undefined;
  readonly size: number;
  /** What goes less well than asked already. */
  readonly notes: readonly Note[];
}

/** Checks a search with `rerank` and says what to send; nothing has been sent when it throws. */
export function planSearch(
  params: SearchParams,
  transport: { readonly asStream?: unknown } | undefined,
  defaults: RerankSettings,
): SearchPlan {
  const { rerank, ...given } = params;
  const flat: SearchParams = { ...legacyBody(given), ...given };
  refuse(flat, transport);
  const asked = settle(defaults, rerank as RerankParams, 'rerank');
  const limit = hitLimit(flat);
  const settings = { ...asked, window: Math.min(asked.window, limit?.most ?? Infinity) };
  const { window, topK, minScore } = settings;
  const { from, size = 10, search_after: after } = flat;
  checkInteger('from', from === -1 ? 0 : from, 0);
  checkInteger('size', size, 0);
  const cursor = placeOfCursor(after, window);
  const ownAfter = after !== undefined && after !== null && cursor === undefined;
  const start = ownAfter ? undefined : (cursor ?? Math.max(0, from ?? 0));
  const ends = topK !== undefined || minScore !== undefined;
  const asIs: PagePlan = { from: 0, size, rerank: false, skip: 0 };
  const page =
    start === undefined || size === 0
      ? asIs
      : planPage({ start, size, window, ends, byCursor: cursor !== undefined, most: limit?.most });
  const query = settings.query ?? (page.rerank ? queryOfRequest(flat) : '');
  if (query === undefined) {
    throw new SecondpassError(
      'invalid-argument',
      'The search holds no text that says what is asked (it searches by vector or filter alone): pass rerank.query.',
    );
  }
  const notes = limit && page.rerank && window < asked.window ? [smallerWindow(limit, asked.window)] : [];
  // The larger of both, so that no page is short of hits that the search alone would have had.
  const request = withNeighbours(given, Math.max(window, size));
  if (start === undefined || size === 0) return { wire: request, page, query, settings, start, size, notes };
  // Where paging stood in a legacy `body`, it must not speak against the new values.
  const rest = omit(request, 'from', 'size', 'search_after');
  const body = legacyBody(request);
  const legacy = body && { body: omit(body, 'from', 'size', 'search_after') };
  const wire: SearchParams = { ...rest, ...legacy, from: page.from, size: page.size };
  return { wire, page, query, settings, start, size, notes };
}

/** Where clients before 9 took a request's body. */
function legacyBody({ body }: SearchParams): SearchParams | undefined {
  return typeof body === 'object' && body !== null ? (body as SearchParams) : undefined;
}

function smallerWindow({ most, name, setting }: HitLimit, asked: number): Note {
  const message = `${name} gives ${most} hit(s) at most, its ${setting}, so that window is ${most} and not ${asked}.`;
  return { code: 'smaller-window', by, message };
}
