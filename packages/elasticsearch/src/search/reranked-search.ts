import type { Call, SearchParams } from '../client/search-client.ts';
import type { RerankSettings } from '../hits/rerank-options.ts';
import { deadlineOf } from '../hits/settings.ts';
import { within } from '../within.ts';
import { applyPlan } from './apply-plan.ts';
import { changeBody } from './change-body.ts';
import { planSearch } from './plan-search.ts';

export interface TransportOptions {
  readonly [name: string]: unknown;
  readonly meta?: boolean;
  readonly signal?: AbortSignal;
  readonly asStream?: boolean;
}

/** One search with `rerank`. What the search itself throws is thrown as it is: retries are the client's. */
export async function rerankedSearch(
  search: Call,
  params: SearchParams,
  transport: TransportOptions | undefined,
  defaults: RerankSettings,
  key: string,
): Promise<unknown> {
  const plan = planSearch(params, transport, defaults);
  const limits = { signal: transport?.signal, deadline: deadlineOf(plan.settings) };
  const answer = await within('the search', limits, (signal) =>
    search(plan.wire, signal ? { ...transport, signal } : transport),
  );
  return changeBody(answer, transport, (body) => applyPlan(plan, body, limits, key));
}
