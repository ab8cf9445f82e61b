/** What one system said of the first hits of one query, in the first stage's order, and how long that took. */
export interface ScoredQuery {
  /** One per hit down to the depth scored; `null` where the system could not say. */
  readonly scores: readonly (number | null)[];
  /** Milliseconds per step of depth: hits up to the first depth, from there to the second, and so on. */
  readonly stepMs: readonly number[];
  /** True if the system had read some of these texts before and had kept what it knew of them. */
  readonly warm?: boolean;
}

/** System to query to what it said. Each pair is scored once and serves every depth and blend. */
export type ScoredPairs = ReadonlyMap<string, ReadonlyMap<string, ScoredQuery>>;

/** Milliseconds to rerank the first `depth` hits: the sum of the steps down to it. `depth` is one of `depths`. */
export function millisecondsTo(depth: number, { stepMs }: ScoredQuery, depths: readonly number[]): number {
  let sum = 0;
  for (const [index, step] of depths.entries()) if (step <= depth) sum += stepMs[index] ?? 0;
  return sum;
}
