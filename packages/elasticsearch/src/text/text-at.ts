import type { Hit } from '../client/search-client.ts';
import { valuesAt } from './values-at.ts';
import { toYaml } from './yaml.ts';

/** Every value at a path of `_source`, or, where that has none, of the hit's `fields`; an object as YAML. */
export function textsAt(hit: Hit, path: string): string[] {
  const values = valuesAt(hit._source, path);
  return (values.length > 0 ? values : valuesAt(hit.fields, path)).map((value) =>
    typeof value === 'object' ? toYaml(value) : String(value),
  );
}

/** The values at a path as one text, one below the other; the empty text where there are none. */
export function textAt(hit: Hit, path: string): string {
  return textsAt(hit, path)
    .filter((text) => text.trim() !== '')
    .join('\n');
}
