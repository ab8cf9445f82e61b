import { binary, checkParameter, isRelevant, printed, top, type BinaryOptions, type Measure } from './measure.ts';

/**
 * Rank-biased precision: (1 - p) Σ p^(rank - 1) over the relevant documents: what a reader gains who goes on to the
 * next document with probability `p` (default 0.8). Relevance is binary here, as in `RBP(rel=1)` of ir-measures and
 * cwl-eval; the paper's graded form needs a gain scale. Unjudged counts as not relevant (the paper's lower bound).
 *
 * Moffat and Zobel, Rank-biased precision for measurement of retrieval effectiveness, TOIS 2008.
 */
export function RBP(
  options: BinaryOptions & {
    /** Probability of going on to the next document, above 0 and below 1. Default 0.8. */
    readonly p?: number | undefined;
  } = {},
): Measure {
  const { p = 0.8 } = options;
  const { at, rel } = binary('RBP', options, ['at', 'rel', 'p']);
  checkParameter('RBP', 'p', p, 0, 1);
  return {
    name: printed('RBP', { p: [p, 0.8], rel: [rel, 1] }, at),
    score: (ranking, grades) =>
      top(ranking, at).reduce((sum, id, index) => sum + (isRelevant(id, grades, rel) ? (1 - p) * p ** index : 0), 0),
  };
}
