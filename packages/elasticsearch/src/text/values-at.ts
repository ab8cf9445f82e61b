import type { Hit } from '../client/search-client.ts';

/**
 * The values at a dotted path, as Elasticsearch reads one: through objects, through every element of an array (so
 * nested objects need no other word), and through keys that contain dots themselves (`{ 'a.b': 1 }`, flattened or from
 * `fields`). `null` and what is not there give nothing. What stands at the end is given as it is, an array by element.
 */
export function valuesAt(value: unknown, path: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((element: unknown) => valuesAt(element, path));
  if (value === null || value === undefined) return [];
  if (path === '') return [value];
  if (typeof value !== 'object') return [];
  const found: unknown[] = [];
  for (let dot = path.indexOf('.'); ; dot = path.indexOf('.', dot + 1)) {
    const name = dot === -1 ? path : path.slice(0, dot);
    if (Object.hasOwn(value, name)) {
      found.push(...valuesAt((value as Record<string, unknown>)[name], dot === -1 ? '' : path.slice(dot + 1)));
    }
    if (dot === -1) return found;
  }
}

/**
 * The values at a path of a hit's `_source`, else of its `fields`, which hold the same under names of their own: `{
 * chunks: [{ text }] }` and `'chunks.text'`.
 */
export function valuesOfHit(hit: Hit, path: string): unknown[] {
  const values = valuesAt(hit._source, path);
  return values.length > 0 ? values : valuesAt(hit.fields, path);
}
