import { SecondpassError } from '@secondpass/core';
import type { FusedHits } from './fuse-hits.ts';
import type { PoolSearch } from './pool-search.ts';

/**
 * The field by which all of the searches collapse; `undefined` if none does.
 * @throws SecondpassError `invalid-argument` where they do not agree: the fused list would hold a group several times
 */
export function collapseField(searches: readonly PoolSearch[]): string | undefined {
  const fields = searches.map(({ body }) => (body['collapse'] as { readonly field?: string } | undefined)?.field);
  const other = fields.findIndex((field) => field !== fields[0]);
  if (other === -1) return fields[0];
  const [one, two] = [other, 0].map((at) => {
    const field = fields[at];
    return `"${searches[at]!.name}" ${field === undefined ? 'does not collapse' : `collapses by ${field}`}`;
  });
  throw new SecondpassError(
    'invalid-argument',
    `Search ${one}, and ${two}: give all searches the same collapse field, or none of them.`,
  );
}

/**
 * The fused list with the best hit of every value of the field; hits without a value are one group, as on the cluster.
 */
export function collapse(fused: FusedHits, field: string | undefined): FusedHits {
  if (field === undefined) return fused;
  const seen = new Set<string>();
  const kept = fused.hits.flatMap(({ fields }, place) => {
    const group = JSON.stringify([fields?.[field] ?? null].flat());
    if (seen.has(group)) return [];
    seen.add(group);
    return [place];
  });
  return {
    ...fused,
    hits: kept.map((place) => fused.hits[place]!),
    sources: kept.map((place) => fused.sources[place]!),
  };
}
