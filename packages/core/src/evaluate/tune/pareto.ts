import type { Latency } from './latency.ts';

/**
 * The points that no other point beats: none is at once at least as good and at least as fast, and better in one. From
 * the fastest to the best; of equal points the first.
 */
export function paretoFront<T>(points: readonly T[], quality: (point: T) => number, cost: (point: T) => number): T[] {
  const byCost = [...points].sort((a, b) => cost(a) - cost(b) || quality(b) - quality(a));
  const front: T[] = [];
  for (const point of byCost) {
    const last = front.at(-1);
    if (last === undefined || quality(point) > quality(last)) front.push(point);
  }
  return front;
}

/** The points that no other beats in quality and speed at once, by the median, by the 95th percentile, or by both. */
export function frontOf<T extends { readonly quality: number; readonly latency: Latency }>(
  points: readonly T[],
): Set<T> {
  const by = (which: keyof Latency): T[] =>
    paretoFront(
      points,
      ({ quality }) => quality,
      ({ latency }) => latency[which],
    );
  return new Set([...by('p50'), ...by('p95')]);
}
