import { escapeHtml } from './html.ts';

/** A chart's ground: where numbers come to stand, and the frame with its axes. */
export interface Frame {
  x(value: number): number;
  y(value: number): number;
  /** The finished SVG around what was drawn. */
  svg(drawn: string): string;
}

const width = 720;
const margin = { right: 16, bottom: 44, left: 60 };

/** Axes over the given ranges, with round numbers on them. */
export function frame(options: {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  readonly xTicks?: readonly number[] | undefined;
  /** Free space above the plot, for a legend. Default 16. */
  readonly top?: number | undefined;
}): Frame {
  const { title, xLabel, yLabel, xRange, yRange, top = 16 } = options;
  const height = 288 + top;
  const x = (value: number): number => between(value, xRange, margin.left, width - margin.right);
  const y = (value: number): number => between(value, yRange, height - margin.bottom, top);
  const xTicks = options.xTicks ?? ticks(...xRange);
  const yTicks = ticks(...yRange);
  const axes = [
    ...yTicks.map(
      (value) =>
        `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}"/><text class="faint" text-anchor="end" x="${margin.left - 8}" y="${(y(value) + 4).toFixed(1)}">${label(value)}</text>`,
    ),
    ...xTicks.map(
      (value) =>
        `<text class="faint" text-anchor="middle" x="${x(value).toFixed(1)}" y="${height - margin.bottom + 18}">${label(value)}</text>`,
    ),
    `<text text-anchor="middle" x="${(margin.left + width - margin.right) / 2}" y="${height - 6}">${escapeHtml(xLabel)}</text>`,
    `<text text-anchor="middle" transform="translate(14 ${(top + height - margin.bottom) / 2}) rotate(-90)">${escapeHtml(yLabel)}</text>`,
  ];
  return {
    x,
    y,
    svg: (drawn) =>
      `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">\n<title>${escapeHtml(title)}</title>\n${axes.join('\n')}\n${drawn}\n</svg>`,
  };
}

/** About five round numbers within a range: steps of 1, 2 or 5 times a power of ten. */
export function ticks(from: number, to: number): number[] {
  if (!(to > from)) return [from];
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Where a value of a range stands from start to end; in the middle if the range is a point. */
function between(value: number, [from, to]: readonly [number, number], start: number, end: number): number {
  return to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start);
}

/** The least and the greatest of some numbers with a little room around them. */
export function rangeOf(values: readonly number[], room: number = 0.05): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const around = high > low ? (high - low) * room : Math.abs(high) * room || room;
  return [low - around, high + around];
}

function label(value: number): string {
  return String(Number(value.toPrecision(6)));
}
