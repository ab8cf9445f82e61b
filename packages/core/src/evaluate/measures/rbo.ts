import { checkOptionNames } from '../../check.ts';
import { checkCutoff, checkParameter, printed, top, type Agreement } from './measure.ts';

/**
 * Rank-biased overlap of two rankings, extrapolated (RBO_EXT, the paper's equation 32, which takes lists of different
 * length): the expected overlap seen by a reader who goes on with probability `p` (default 0.9). 1 for equal lists, 0
 * for lists without a common document. `undefined` if both are empty.
 *
 * Webber, Moffat and Zobel, A similarity measure for indefinite rankings, TOIS 2010.
 */
export function RBO(
  options: {
    /** Only the first so many documents count, at least 1. Default: all. */
    readonly at?: number | undefined;
    /** Probability of going on to the next rank, above 0 and below 1. Default 0.9. */
    readonly p?: number | undefined;
  } = {},
): Agreement {
  checkOptionNames(options, ['at', 'p'], 'RBO()');
  const { at, p = 0.9 } = options;
  checkCutoff('RBO', at);
  checkParameter('RBO', 'p', p, 0, 1);
  return {
    name: printed('RBO', { p: [p, 0.9] }, at),
    agree(a, b) {
      const [short, long] = [top(a, at), top(b, at)].sort((x, y) => x.length - y.length) as [
        readonly string[],
        readonly string[],
      ];
      if (long.length === 0) return undefined;
      if (short.length === 0) return 0;
      const inShort = new Set<string>();
      const inLong = new Set<string>();
      let overlap = 0;
      let overlapAtShort = 0;
      let sum = 0;
      for (let depth = 1; depth <= long.length; depth++) {
        const fromLong = long[depth - 1]!;
        const fromShort = short[depth - 1];
        inLong.add(fromLong);
        if (inShort.has(fromLong)) overlap++;
        if (fromShort !== undefined) {
          inShort.add(fromShort);
          if (inLong.has(fromShort)) overlap++;
          overlapAtShort = overlap;
        }
        // Below the end of the shorter list its overlap is taken to go on at the rate it had there.
        const beyond = Math.max(0, depth - short.length) * (overlapAtShort / short.length);
        sum += ((overlap + beyond) / depth) * p ** depth;
      }
      const tail = (overlap - overlapAtShort) / long.length + overlapAtShort / short.length;
      return ((1 - p) / p) * sum + tail * p ** long.length;
    },
  };
}
