import type { Call, SearchBody } from './search-client.ts';

/** The client's helpers, of which `search` takes `rerank` too: documents with their `_id`, best first. */
export function helpersWith(helpers: object, search: Call): object {
  return new Proxy(helpers, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function' || name === 'constructor') return value;
      if (name !== 'search') return value.bind(target) as unknown;
      return async (params: { readonly rerank?: unknown }, options?: object): Promise<unknown> => {
        if (params?.rerank === undefined) return (value as Call).call(target, params, options);
        const { hits } = (await search(params, { ...options, meta: false })) as SearchBody;
        return (hits?.hits ?? []).map(({ _id, _source }) => ({ _id, ...(_source as object | undefined) }));
      };
    },
  });
}
