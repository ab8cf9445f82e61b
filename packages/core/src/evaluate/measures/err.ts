import { checkOptionNames } from '../../check.ts';
import { SecondpassError } from '../../errors.ts';
import { checkCutoff, checkParameter, printed, top, type Measure } from './measure.ts';

/**
 * Expected reciprocal rank: a reader goes down the list and is satisfied by a document with probability (2^grade - 1) /
 * 2^max; the measure is the expected 1 / rank of where the reader stops. `max` is the top of the grading scale, 4 by
 * default as in gdeval (TREC web tracks), whatever the judgments of one query reach; with a scale of 0–3 say
 * `ERR(max=3)@20`. A grade above `max` throws.
 *
 * Chapelle, Metzler, Zhang and Grinspan, Expected reciprocal rank for graded relevance, CIKM 2009.
 */
export function ERR(
  options: {
    /** Only the first so many documents count, at least 1. Default: all. */
    readonly at?: number | undefined;
    /** Top of the grading scale, above 0. Default 4. */
    readonly max?: number | undefined;
  } = {},
): Measure {
  checkOptionNames(options, ['at', 'max'], 'ERR()');
  const { at, max = 4 } = options;
  checkCutoff('ERR', at);
  checkParameter('ERR', 'max', max, 0);
  const name = printed('ERR', { max: [max, 4] }, at);
  return {
    name,
    score(ranking, grades) {
      let reading = 1;
      let sum = 0;
      for (const [index, id] of top(ranking, at).entries()) {
        const grade = Math.max(0, grades.get(id) ?? 0);
        if (grade > max) {
          throw new SecondpassError(
            'invalid-argument',
            `${name} met the grade ${grade}, above its scale of 0 to ${max}; use ERR(max=${grade}).`,
          );
        }
        // (2^grade - 1) / 2^max, without a power that overflows.
        const satisfied = 2 ** (grade - max) - 2 ** -max;
        sum += (reading * satisfied) / (index + 1);
        reading *= 1 - satisfied;
      }
      return sum;
    },
  };
}
