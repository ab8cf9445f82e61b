export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  return sorted[low] + (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]) * (at - low);
}

export const median = (values) => quantile(values, 0.5);

/** First and third quartile. */
export const spread = (values) => [quantile(values, 0.25), quantile(values, 0.75)];

/** Ratios of two systems, repetition by repetition, so that what slows the machine slows both. */
export const ratios = (values, ours) => values.map((value, index) => value / ours[index]);
