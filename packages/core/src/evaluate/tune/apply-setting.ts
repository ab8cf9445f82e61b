import type { Hit } from '../run.ts';
import type { Setting } from './setting.ts';

/**
 * The order that a setting gives to a first-stage list: the head by score, ties in the first stage's order, hits without
 * a score below the scored ones; the tail as it was. The same as `window(byScore(blend(…)))`.
 * @param scores of the head, in the list's order; `null` where there is none
 */
export function applySetting(
  hits: readonly Hit[],
  scores: readonly (number | null)[],
  { system, depth, blend }: Setting,
): string[] {
  const ids = hits.map(({ id }) => id);
  if (system === undefined) return ids;
  const length = Math.min(depth, hits.length, scores.length);
  const given = scores.slice(0, length);
  const values = blend === 0 ? given : blended(hits.slice(0, length), given, blend);
  const places = Array.from({ length }, (_, index) => index).sort(
    (a, b) => (values[b] ?? -Infinity) - (values[a] ?? -Infinity) || a - b,
  );
  return [...places.map((place) => ids[place]!), ...ids.slice(length)];
}

/** A hit that one side has no score for is lowest there (0), as with `missing: 'lowest'`. */
function blended(head: readonly Hit[], scores: readonly (number | null)[], blend: number): (number | null)[] {
  const byRank = head.every(({ score }) => score === undefined);
  const first = unitRange(head.map(({ score }, index) => (byRank ? 1 - index / head.length : (score ?? null))));
  const second = unitRange(scores);
  return scores.map((_, index) => blend * (first[index] ?? 0) + (1 - blend) * (second[index] ?? 0));
}

/** Min-max to [0, 1]; all equal are all 1. */
function unitRange(values: readonly (number | null)[]): (number | null)[] {
  const known = values.filter((value) => value !== null);
  const low = Math.min(...known);
  const width = Math.max(...known) - low;
  return values.map((value) => (value === null ? null : width > 0 ? (value - low) / width : 1));
}
