import type { SearchBody } from '../client/search-client.ts';

interface TransportOptions {
  readonly meta?: boolean;
  readonly signal?: AbortSignal;
  readonly requestTimeout?: number | string;
  readonly asStream?: boolean;
}

/** Runs `change` on the body of an answer, whether it came bare or, with `meta: true`, inside a result. */
export async function changeBody(
  answer: unknown,
  options: TransportOptions | undefined,
  change: (body: SearchBody) => Promise<SearchBody>,
): Promise<unknown> {
  if (!options?.meta) return isObject(answer) ? change(answer) : answer;
  const result = answer as { readonly body: unknown };
  if (!isObject(result.body)) return result;
  const body = await change(result.body);
  // The transport's result has getters (`warnings`), which a spread would freeze.
  const changed: object = Object.create(Object.getPrototypeOf(result), Object.getOwnPropertyDescriptors(result));
  Object.defineProperty(changed, 'body', { value: body, enumerable: true, configurable: true, writable: true });
  return changed;
}

function isObject(value: unknown): value is SearchBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
