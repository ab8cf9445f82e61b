/**
 * A greedy order in which every part gets its best evidence before any part gets a second helping.
 *
 * In rounds: each part names the best candidate, by its own score, that is not placed yet; the named ones are placed,
 * the one named by most (by weight) first, then by its best score, then by input order. One candidate may serve several
 * parts, and then nobody gets a second one in that round.
 *
 * Law: call a part covered at k if the best candidate it has is among the first k. Every candidate is named by disjoint
 * sets of parts, so taking the largest first is optimal: at no k does any other order of the same scores cover more
 * weight. Unlike xQuAD (Santos, Macdonald and Ounis, WWW 2010) there is no trade-off against relevance to set, and
 * unlike maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998) likeness between documents plays no part: two
 * documents alike may be the evidence of two parts.
 *
 * @param rows per question (the original first, then its parts) the score of each candidate; `undefined` is unknown
 * @param weights per row; a row of weight 0 names nobody
 * @returns per candidate 1 / its place; `undefined` for one that nobody could score
 */
export function coverageOrder(
  rows: readonly ArrayLike<number | undefined>[],
  weights: readonly number[],
  count: number,
): (number | undefined)[] {
  const places = Array.from<number | undefined>({ length: count });
  const queues = rows
    .map((row, at) => ({ row, weight: weights[at]!, next: 0, order: bestFirst(row, count) }))
    .filter(({ weight }) => weight > 0);
  let place = 0;
  for (;;) {
    const named = new Map<number, { weight: number; best: number }>();
    for (const queue of queues) {
      while (queue.next < queue.order.length && places[queue.order[queue.next]!] !== undefined) queue.next++;
      const index = queue.order[queue.next];
      if (index === undefined) continue;
      const value = queue.row[index]!;
      const so = named.get(index);
      named.set(index, { weight: (so?.weight ?? 0) + queue.weight, best: Math.max(so?.best ?? -Infinity, value) });
    }
    if (named.size === 0) return places;
    const round = [...named].sort(([a, x], [b, y]) => y.weight - x.weight || y.best - x.best || a - b);
    for (const [index] of round) places[index] = 1 / ++place;
  }
}

/** Indices of the scored candidates, best first, ties in input order. */
function bestFirst(row: ArrayLike<number | undefined>, count: number): number[] {
  const scored: number[] = [];
  for (let at = 0; at < count; at++) if (row[at] !== undefined) scored.push(at);
  return scored.sort((a, b) => row[b]! - row[a]! || a - b);
}
