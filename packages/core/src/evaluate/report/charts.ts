import { paretoFront } from '../tune/pareto.ts';
import { frame, rangeOf } from './chart.ts';
import { escapeHtml } from './html.ts';

/** A named line of points. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const dashes = ['', '6 4', '2 3', '10 3 2 3'];

/**
 * Lines over common axes, told apart by colour and by dashes, with a legend. `level` is a horizontal line to compare
 * with.
 */
export function lineChart(options: {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  readonly level?: { readonly name: string; readonly value: number } | undefined;
}): string {
  const { series, level } = options;
  const xs = series.flatMap(({ points }) => points.map(([x]) => x));
  const ys = [...series.flatMap(({ points }) => points.map(([, y]) => y)), ...(level ? [level.value] : [])];
  const { x, y, svg } = frame({
    ...options,
    xRange: rangeOf(xs, 0.02),
    yRange: rangeOf(ys, 0.1),
    xTicks: [...new Set(xs)].sort((a, b) => a - b),
    top: 16 + series.length * 18,
  });
  const lines = series.map(({ name, points }, index) => {
    const path = points
      .map(([px, py], at) => `${at === 0 ? 'M' : 'L'}${x(px).toFixed(1)} ${y(py).toFixed(1)}`)
      .join('');
    const dots = points.map(
      ([px, py]) =>
        `<circle class="fill" cx="${x(px).toFixed(1)}" cy="${y(py).toFixed(1)}" r="3"><title>${escapeHtml(`${name}: ${px}, ${py.toFixed(4)}`)}</title></circle>`,
    );
    return `<g class="s${index % 4}"><path class="stroke" stroke-dasharray="${dashes[Math.floor(index / 4) % 4] || dashes[index % 4]}" d="${path}"/>${dots.join('')}<text x="60" y="${18 + index * 18}" fill="currentColor"><tspan class="fill">${index % 2 === 0 ? '●' : '■'}</tspan> ${escapeHtml(name)}</text></g>`;
  });
  const across = level
    ? `<line class="grid" stroke-width="2" x1="60" x2="704" y1="${y(level.value).toFixed(1)}" y2="${y(level.value).toFixed(1)}"/><text class="faint" text-anchor="end" x="704" y="${(y(level.value) - 5).toFixed(1)}">${escapeHtml(level.name)}</text>`
    : '';
  return svg([across, ...lines].join('\n'));
}

/** One point of a scatter chart. */
export interface Point {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly onFront: boolean;
  readonly chosen: boolean;
}

/** Quality against cost, with the front as a staircase: what can be had for at most so much. */
export function scatterChart(options: {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly points: readonly Point[];
}): string {
  const { points } = options;
  const { x, y, svg } = frame({
    ...options,
    xRange: rangeOf(
      points.map((point) => point.x),
      0.03,
    ),
    yRange: rangeOf(
      points.map((point) => point.y),
      0.08,
    ),
  });
  const front = paretoFront(
    points,
    (point) => point.y,
    (point) => point.x,
  );
  const stairs = front
    .map((point, index) =>
      index === 0
        ? `M${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`
        : `H${x(point.x).toFixed(1)}V${y(point.y).toFixed(1)}`,
    )
    .join('');
  const marks = points.map(({ name, x: px, y: py, onFront, chosen }) => {
    const place = `cx="${x(px).toFixed(1)}" cy="${y(py).toFixed(1)}"`;
    const title = `<title>${escapeHtml(`${name}: ${px.toFixed(0)} ms, ${py.toFixed(4)}`)}</title>`;
    const ring = chosen ? `<circle class="stroke" ${place} r="9"/>` : '';
    return `<g class="${chosen ? 's1' : 's0'}"><circle class="${onFront || chosen ? 'fill' : 'muted'}" ${place} r="${onFront || chosen ? 5 : 3}">${title}</circle>${ring}</g>`;
  });
  return svg(`<path class="s0 stroke" d="${stairs}"/>\n${marks.join('\n')}`);
}

/** One bar per query, from the greatest gain to the greatest loss. */
export function gainChart(options: {
  readonly title: string;
  readonly yLabel: string;
  readonly gains: readonly { readonly query: string; readonly gain: number }[];
}): string {
  const sorted = [...options.gains].sort((a, b) => b.gain - a.gain);
  const yRange = rangeOf([0, ...sorted.map(({ gain }) => gain)], 0.05);
  const { x, y, svg } = frame({
    ...options,
    xLabel: 'queries, from most gained to most lost',
    xRange: [0, Math.max(1, sorted.length)],
    yRange,
  });
  const bars = sorted.map(({ query, gain }, index) => {
    const [top, bottom] = [Math.min(y(gain), y(0)), Math.max(y(gain), y(0))];
    const left = x(index + 0.1);
    return `<rect class="${gain >= 0 ? 's2' : 's1'} fill" x="${left.toFixed(2)}" width="${Math.max(0.5, x(index + 0.9) - left).toFixed(2)}" y="${top.toFixed(1)}" height="${Math.max(0.5, bottom - top).toFixed(1)}"><title>${escapeHtml(`${query}: ${gain.toFixed(4)}`)}</title></rect>`;
  });
  return svg(bars.join('\n'));
}

/** How often each span of milliseconds occurred. */
export function latencyChart(options: { readonly title: string; readonly ms: readonly number[] }): string {
  const { ms } = options;
  const [low, high] = rangeOf(ms, 0.02);
  const bins = Math.max(5, Math.min(30, Math.ceil(Math.sqrt(ms.length) * 2)));
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of ms) counts[Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins))]!++;
  const { x, y, svg } = frame({
    ...options,
    xLabel: 'milliseconds per query',
    yLabel: 'queries',
    xRange: [low, high],
    yRange: [0, Math.max(...counts) * 1.05],
  });
  const step = (high - low) / bins;
  const bars = counts.map((count, index) => {
    const left = x(low + index * step) + 1;
    return `<rect class="s0 fill" x="${left.toFixed(1)}" width="${Math.max(0.5, x(low + (index + 1) * step) - left - 1).toFixed(1)}" y="${y(count).toFixed(1)}" height="${(y(0) - y(count)).toFixed(1)}"/>`;
  });
  return svg(bars.join('\n'));
}
