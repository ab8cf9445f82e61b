/** A document with the reranker's score, or without one: below the depth, or its text was not to be had. */
export interface Placed {
  readonly id: string;
  readonly score?: number;
}

/**
 * One query of a TREC run, best first, as lines `query Q0 document rank score tag`.
 *
 * A run has one column for scores, so scores of different systems must not meet in it. Scored documents carry the
 * reranker's score without loss. Documents without one follow in the order given, at whole numbers that start at least
 * 1 below the lowest score: these say the order and nothing else. trec_eval reads scores as 32-bit floats, sorts by
 * them and breaks ties by document id; so where a score does not fall, it is written one 32-bit step below the one
 * before (a millionth or less), and every reader sees the order written.
 * Columns are divided by blanks, or by tabs where an id holds blanks.
 */
export function runLines(query: string, placed: readonly Placed[], tag: string): string {
  const scores = placed.flatMap(({ score }) => (score === undefined ? [] : [score]));
  const lowest = scores.length > 0 ? Math.min(...scores) : 0;
  let below = 0;
  let before = Infinity;
  let lines = '';
  for (const [index, { id, score }] of placed.entries()) {
    let value = score ?? Math.floor(lowest) - ++below;
    if (Math.fround(value) >= Math.fround(before)) value = stepBelow(before);
    before = value;
    const fields = [query, 'Q0', id, index + 1, value, tag];
    lines += `${fields.join(/\s/.test(query + id) ? '\t' : ' ')}\n`;
  }
  return lines;
}

/** The largest 32-bit float that is below a number when both are read as 32-bit floats. */
export function stepBelow(value: number): number {
  const single = new Float32Array([value]);
  const bits = new Int32Array(single.buffer);
  if (single[0] === 0) bits[0] = -0x7fffffff;
  else bits[0] = bits[0]! + (single[0]! > 0 ? -1 : 1);
  return single[0]!;
}
