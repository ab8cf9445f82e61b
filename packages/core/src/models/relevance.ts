/**
 * One row of a classifier's logits as a single one, the log-odds of the label that means "relevant": with one label its
 * logit itself, with two the difference, with more `x[label] - log(sum of exp(x[others]))`. The logistic function of it
 * is the softmax probability of that label.
 */
export function relevanceLogit(row: ArrayLike<number>, label: number): number {
  if (row.length === 1) return row[0]!;
  let max = -Infinity;
  for (let i = 0; i < row.length; i++) if (i !== label) max = Math.max(max, row[i]!);
  let sum = 0;
  for (let i = 0; i < row.length; i++) if (i !== label) sum += Math.exp(row[i]! - max);
  return row[label]! - max - Math.log(sum);
}
