import type { Call, SearchBody, SearchParams } from '../client/search-client.ts';
import type { RerankSettings } from '../hits/rerank-options.ts';
import { deadlineOf } from '../hits/settings.ts';
import { within } from '../within.ts';
import { applyPlan } from './apply-plan.ts';
import { changeBody } from './change-body.ts';
import { planSearch, type SearchPlan } from './plan-search.ts';
import type { TransportOptions } from './reranked-search.ts';

/** True if any of the searches asks for reranking. */
export function asksForRerank(params: unknown): boolean {
  return searchesOf(params).some((search) => isObject(search) && search['rerank'] !== undefined);
}

/**
 * `_msearch` with `rerank` in the body of any search. Searches without it, and those that failed, come back as they
 * came. The earliest deadline of all bounds the request; each reranking has its own, and all run at once. A reranker
 * that is to throw rejects the whole call.
 */
export async function rerankedMsearch(
  msearch: Call,
  params: SearchParams,
  transport: TransportOptions | undefined,
  defaults: RerankSettings,
  key: string,
): Promise<unknown> {
  const name = Array.isArray(params['searches']) ? 'searches' : 'body';
  const searches = searchesOf(params);
  // Headers and bodies take turns.
  const plans = searches.map((search, at): SearchPlan | undefined =>
    at % 2 === 1 && isObject(search) && search['rerank'] !== undefined
      ? planSearch(search, transport, defaults)
      : undefined,
  );
  const deadlines = plans.map((plan) => plan && deadlineOf(plan.settings));
  const signal = transport?.signal;
  const earliest = deadlines.filter((deadline) => deadline !== undefined).sort((a, b) => a - b)[0];
  const wire = { ...params, [name]: searches.map((search, at) => plans[at]?.wire ?? search) };
  const answer = await within('the search', { signal, deadline: earliest }, (own) =>
    msearch(wire, own ? { ...transport, signal: own } : transport),
  );
  return changeBody(answer, transport, async (body) => {
    const came = (body as { readonly responses?: readonly SearchBody[] }).responses ?? [];
    const responses = await Promise.all(
      came.map((response, index) => {
        const plan = plans[2 * index + 1];
        const limits = { signal, deadline: deadlines[2 * index + 1] };
        return plan && !response.error ? applyPlan(plan, response, limits, key) : response;
      }),
    );
    return { ...body, responses } as SearchBody;
  });
}

function searchesOf(params: unknown): readonly unknown[] {
  if (!isObject(params)) return [];
  const list = Array.isArray(params['searches']) ? params['searches'] : params['body'];
  return Array.isArray(list) ? list : [];
}

function isObject(value: unknown): value is SearchParams {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
