/**
 * One way to rerank: who, how many of the first stage's hits, and how much the first stage's own score still counts.
 */
export interface Setting {
  /** Name of a system; absent for the first stage as it is. */
  readonly system?: string;
  /** How many hits are reranked; those below stay where they are. 0 for the first stage as it is. */
  readonly depth: number;
  /**
   * Weight of the first stage in `blend * first + (1 - blend) * reranker`, both brought to [0, 1] by min-max over the
   * reranked hits. 0 is the reranker alone.
   */
  readonly blend: number;
}

/** Leaves the first stage's order as it is: what every setting must beat. */
export const firstStage: Setting = { depth: 0, blend: 0 };

/** Weight of the reranker beside a first stage of weight `blend`, as people write it: 0.3 beside 0.7. */
export function rerankerWeight(blend: number): number {
  return Number((1 - blend).toFixed(6));
}

/** A setting in words: `mini-en, depth 50, 0.2 first stage`. Unique among settings. */
export function settingName({ system, depth, blend }: Setting): string {
  if (system === undefined) return 'first stage';
  return `${system}, depth ${depth}${blend > 0 ? `, ${blend} first stage` : ''}`;
}
