import { checkOptionNames } from '../../check.ts';
import { SecondpassError } from '../../errors.ts';
import { checkCutoff, printed, top, type Measure } from './measure.ts';

/**
 * Normalised discounted cumulative gain: Σ gain / log2(rank + 1), over that of the best possible order of all judged
 * documents (cut off at the same rank). The gain is the grade (`linear`, as trec_eval and ir-measures) or 2^grade - 1
 * (`exp`, as gdeval and many papers on the web search tracks); where grades are 0 and 1 both are the same. Grades below
 * 0 gain nothing. A query without a relevant document has 0.
 *
 * Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques, TOIS 2002; `exp`: Burges et al., ICML
 * 2005.
 */
export function nDCG(
  options: {
    /** Only the first so many documents count, at least 1. Default: all. */
    readonly at?: number | undefined;
    /** The grade itself (`linear`, the default) or 2^grade - 1 (`exp`). */
    readonly gains?: 'linear' | 'exp' | undefined;
  } = {},
): Measure {
  checkOptionNames(options, ['at', 'gains'], 'nDCG()');
  const { at, gains = 'linear' } = options;
  checkCutoff('nDCG', at);
  if (gains !== 'linear' && gains !== 'exp') {
    throw new SecondpassError('invalid-argument', `gains of nDCG is "${String(gains)}"; it is "linear" or "exp".`);
  }
  return {
    name: printed('nDCG', { gains: [gains, 'linear'] }, at),
    score(ranking, grades) {
      const ideal = [...grades.values()].filter((grade) => grade > 0).sort((a, b) => b - a);
      const highest = ideal[0] ?? 0;
      // The exponential gain over 2^highest, which cancels out: no grade is too large for it.
      const gain = (grade: number): number =>
        grade <= 0 ? 0 : gains === 'exp' ? 2 ** (grade - highest) - 2 ** -highest : grade;
      const best = dcg(ideal.slice(0, at ?? ideal.length), gain);
      return best === 0
        ? 0
        : dcg(
            top(ranking, at).map((id) => grades.get(id) ?? 0),
            gain,
          ) / best;
    },
  };
}

function dcg(grades: readonly number[], gain: (grade: number) => number): number {
  return grades.reduce((sum, grade, index) => sum + gain(grade) / Math.log2(index + 2), 0);
}
