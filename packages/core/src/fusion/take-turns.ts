import type { Candidate } from '../types.ts';
import type { Entry } from './collect.ts';

/** How a list takes part in the turns: with `places` turns at most, as large a share of them as its weight. */
export interface Turns {
  readonly weight: number;
  readonly places?: number;
}

/**
 * Lists take turns in handing over their best entry that nobody has handed over yet. The next turn goes to the list
 * with the largest `weight / (turns so far + 1)`, the first of equals: D'Hondt's method, which never gives a list less
 * than its share rounded down. So of any first k turns a list of weight w among a sum W, unless it has run out, has had
 * at least ⌊k · w / W⌋; with equal weights this is round-robin. Lists of weight 0 take no turn.
 * @param taken entries that are handed over already; grows
 */
export function takeTurns<C extends Candidate>(
  lists: readonly (readonly Entry<C>[])[],
  turns: readonly Turns[],
  taken: Set<Entry<C>>,
): void {
  const had = lists.map(() => 0);
  const next = lists.map(() => 0);
  for (;;) {
    let turn = -1;
    for (const [at, list] of lists.entries()) {
      while (next[at]! < list.length && taken.has(list[next[at]!]!)) next[at]!++;
      const { weight, places = Infinity } = turns[at]!;
      if (next[at]! >= list.length || weight === 0 || had[at]! >= places) continue;
      // Cross-multiplied: equal claims compare as equal whatever the rounding of a quotient.
      if (turn === -1 || weight * (had[turn]! + 1) > turns[turn]!.weight * (had[at]! + 1)) turn = at;
    }
    if (turn === -1) return;
    taken.add(lists[turn]![next[turn]!]!);
    had[turn]!++;
  }
}
