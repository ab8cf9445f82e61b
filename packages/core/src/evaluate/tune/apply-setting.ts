import { normalisers } from '../../maths/normalisers.ts';
import type { Hit } from '../run.ts';
import { rerankerWeight, type Setting } from './setting.ts';

/**
 * The order that a setting gives to a first-stage list: the head by score, ties in the first stage's order, hits
 * without a score below the scored ones; the tail as it was. The same as `window(byScore(blend(…)))`.
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

/**
 * What one side has no score for is lowest there, as with `missing: 'lowest'`; what neither has scored has no score. So
 * where the first stage gives no scores, the reranker alone decides.
 */
function blended(head: readonly Hit[], scores: readonly (number | null)[], blend: number): (number | null)[] {
  const first = onScale(head.map(({ score }) => score ?? null));
  const second = onScale(scores);
  const weight = rerankerWeight(blend);
  // In the order in which blend() counts, so that rounding decides no tie another way.
  return scores.map((_, index) => {
    const [a, b] = [second[index] ?? null, first[index] ?? null];
    return a === null && b === null ? null : (weight * (a ?? 0) + blend * (b ?? 0)) / (weight + blend);
  });
}

/** Min-max over what is there; what is missing stays so. */
function onScale(values: readonly (number | null)[]): readonly (number | null)[] {
  const present = values.filter((value) => value !== null);
  if (present.length === 0) return values;
  const scaled = normalisers['min-max'](present).values;
  let next = 0;
  return values.map((value) => (value === null ? null : scaled[next++]!));
}
