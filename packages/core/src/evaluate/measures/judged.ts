import { checkOptionNames } from '../../check.ts';
import { checkCutoff, printed, top, type Measure } from './measure.ts';

/**
 * Judged: the part of the returned documents, down to the cutoff, that has a judgment of any grade. Where it differs
 * much between two runs, the other measures favour the run that was judged more. Over the returned documents where they
 * are fewer than the cutoff (as ir-measures); 0 if nothing was returned.
 */
export function Judged(
  options: {
    /** Only the first so many documents count, at least 1. Default: all. */
    readonly at?: number | undefined;
  } = {},
): Measure {
  checkOptionNames(options, ['at'], 'Judged()');
  const { at } = options;
  checkCutoff('Judged', at);
  return {
    name: printed('Judged', {}, at),
    score(ranking, grades) {
      const seen = top(ranking, at);
      return seen.length === 0 ? 0 : seen.filter((id) => grades.has(id)).length / seen.length;
    },
  };
}
