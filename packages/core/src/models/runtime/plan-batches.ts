/**
 * Groups pairs of similar length, so that little is padded: longest first, each group as many rows as its padded size
 * (rows times the longest length) allows. Pure: lengths in, indices out.
 *
 * @param lengths tokens of each pair
 * @param tokenBudget padded tokens of one group at most; a pair longer than that stands alone, and so does every pair
 *   with a budget of 1
 * @returns groups of indices into `lengths`, each index once; equal lengths keep their order
 */
export function planBatches(lengths: ArrayLike<number>, tokenBudget: number): number[][] {
  const order = Array.from(lengths, (_, index) => index).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const groups: number[][] = [];
  let group: number[] = [];
  for (const index of order) {
    const width = lengths[group[0] ?? index]!;
    if (group.length > 0 && (group.length + 1) * width > tokenBudget) {
      groups.push(group);
      group = [];
    }
    group.push(index);
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
