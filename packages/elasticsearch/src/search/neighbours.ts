import type { SearchParams } from '../client/search-client.ts';

type Node = Readonly<Record<string, unknown>>;

/**
 * A request in which every kNN search says how many neighbours it finds: `k` where it has none of its own, and no fewer
 * `num_candidates` than that. Elasticsearch would take `size`, which is not the caller's and not the same on every
 * page.
 */
export function withNeighbours<P extends SearchParams>(request: P, k: number): P {
  return told(request, k) as P;
}

function told(node: unknown, k: number): unknown {
  if (Array.isArray(node)) return node.map((inner) => told(inner, k));
  if (!isNode(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => {
      if (name === 'query_vector') return [name, value];
      const inner = told(value, k);
      return [name, name === 'knn' ? withK(inner, k) : inner];
    }),
  );
}

function withK(knn: unknown, k: number): unknown {
  if (Array.isArray(knn)) return knn.map((one) => withK(one, k));
  if (!isNode(knn) || !isSearch(knn) || (knn['k'] ?? undefined) !== undefined) return knn;
  const candidates = knn['num_candidates'];
  return { ...knn, k, ...(typeof candidates === 'number' && { num_candidates: Math.max(candidates, k) }) };
}

/** Fields and aggregations may be called `knn` too. */
function isSearch(knn: Node): boolean {
  return typeof knn['field'] === 'string' && ('query_vector' in knn || 'query_vector_builder' in knn);
}

/** Plain objects only: whatever else a request holds is passed on by reference. */
function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
