import type { Hit } from '../client/search-client.ts';

/** What of a hit is an object whose keys the searches choose. */
const keyed = ['fields', 'highlight', 'inner_hits'] as const;

/**
 * One document as two searches found it: what the first says, and what only the second says. Of `fields`, `highlight`,
 * `inner_hits` and `matched_queries` each search's own are kept, the first one's where both have a name.
 */
export function mergeHits(first: Hit, second: Hit): Hit {
  const merged: Record<string, unknown> = { ...second, ...first };
  for (const name of keyed) {
    if (first[name] && second[name]) merged[name] = { ...second[name], ...first[name] };
  }
  if (first.matched_queries && second.matched_queries) {
    merged['matched_queries'] = matched(first.matched_queries, second.matched_queries);
  }
  return merged;
}

type Matched = NonNullable<Hit['matched_queries']>;

/** Names, or names with scores (`include_named_queries_score`). */
function matched(first: Matched, second: Matched): Matched {
  if (Array.isArray(first) && Array.isArray(second)) return [...new Set<string>([...first, ...second])];
  return Array.isArray(first) || Array.isArray(second) ? first : { ...second, ...first };
}
