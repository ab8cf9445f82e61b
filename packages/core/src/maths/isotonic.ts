/** A block of pooled points: the weighted means of their positions and values. */
export interface Block {
  readonly x: number;
  readonly y: number;
}

/**
 * Isotonic regression by pooling adjacent violators (Ayer et al. 1955): the non-decreasing step function closest to the
 * points in the squared sense, as blocks of strictly rising value. Points of equal `x` are one point.
 * @param points in any order; at least one, all finite
 */
export function isotonic(points: readonly { readonly x: number; readonly y: number }[]): Block[] {
  const stack: { x: number; y: number; weight: number }[] = [];
  const push = (x: number, y: number, weight: number): void => {
    let block = { x, y, weight };
    for (let top = stack.at(-1); top && (top.x === block.x || top.y >= block.y); top = stack.at(-1)) {
      stack.pop();
      const sum = top.weight + block.weight;
      block = {
        x: top.x * (top.weight / sum) + block.x * (block.weight / sum),
        y: (top.y * top.weight + block.y * block.weight) / sum,
        weight: sum,
      };
    }
    stack.push(block);
  };
  const sorted = [...points].sort((a, b) => a.x - b.x);
  for (let from = 0; from < sorted.length;) {
    let to = from;
    let sum = 0;
    while (to < sorted.length && sorted[to]!.x === sorted[from]!.x) sum += sorted[to++]!.y;
    push(sorted[from]!.x, sum / (to - from), to - from);
    from = to;
  }
  return stack.map(({ x, y }) => ({ x, y }));
}

/** Straight lines between blocks, the outer values beyond them. Non-decreasing where the blocks are; NaN gives NaN. */
export function interpolate(blocks: readonly Block[], x: number): number {
  if (Number.isNaN(x)) return x;
  const above = blocks.findIndex((block) => block.x >= x);
  if (above === 0) return blocks[0]!.y;
  if (above < 0) return blocks.at(-1)!.y;
  const [a, b] = [blocks[above - 1]!, blocks[above]!];
  if (x === b.x) return b.y;
  // The distance of two finite numbers may itself not be finite.
  const scale = b.x - a.x < Infinity ? 1 : 0.5;
  const share = (x * scale - a.x * scale) / (b.x * scale - a.x * scale);
  // Rounding could leave the line between the two by the last digit.
  return Math.min(b.y, a.y + (b.y - a.y) * share);
}
