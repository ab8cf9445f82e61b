import type { HalfResult } from '../tune/recommend.ts';
import type { TuneReport } from '../tune/tune-report.ts';
import { gainChart, latencyChart, lineChart, scatterChart, type Series } from './charts.ts';
import { escapeHtml, htmlFigure, htmlTable } from './html.ts';

/** What the page says where there are judgments: both halves, the plots, the settings, the queries that moved. */
export function judgedParts(report: TuneReport): string[] {
  const { settings, measure, recommendation, crossValidation, gains } = report;
  const first = settings[0]!;
  const found = recommendation!;
  const series = depthSeries(report);
  const points = settings.map(({ name, quality, latency, onFront }) => ({
    name,
    x: latency.p95,
    y: quality,
    onFront,
    chosen: name === found.name,
  }));
  const moved = [...gains].sort((a, b) => b.gain - a.gain);
  const parts = [
    '<h2>Does it hold?</h2>',
    htmlTable('The setting was chosen on one half of the queries; the other half took no part in the choice', [
      ['half', 'queries', measure, 'first stage', 'gain', '95 % interval', 'p50', 'p95'],
      halfRow('chosen on', found.choosing),
      halfRow('held out', found.heldOut),
    ]),
    `<p>${escapeHtml(`The held-out half would have chosen: ${found.heldOutChoice}.`)} ${crossValidation ? escapeHtml(`In ${crossValidation.folds}-fold cross-validation, choosing this way gains ${signed(crossValidation.gain)}${interval(crossValidation.interval)} on unseen queries; chosen in the folds: ${crossValidation.chosen.map(({ setting, folds }) => `${setting} (${folds})`).join(', ')}.`) : ''}</p>`,
    '<h2>Quality against depth</h2>',
    htmlFigure(
      lineChart({
        title: `${measure} against depth`,
        xLabel: 'hits reranked',
        yLabel: measure,
        series,
        level: { name: 'first stage', value: first.quality },
      }),
      `${measure} over all queries used, by how many hits are reranked. The grey line is the first stage, ${first.quality.toFixed(4)}.`,
    ),
    '<h2>Quality against latency</h2>',
    htmlFigure(
      scatterChart({
        title: `${measure} against latency`,
        xLabel: '95th percentile of reranking time, ms per query',
        yLabel: measure,
        points,
      }),
      `Each point is a setting; the staircase joins those that no other setting beats in quality and speed at once; the ring marks ${found.name}.`,
    ),
    settingsTable(report),
    '<h2>Query by query</h2>',
  ];
  if (found.setting.system === undefined) return [...parts, '<p>The first stage is kept, so no query changes.</p>'];
  return [
    ...parts,
    htmlFigure(
      gainChart({ title: 'Gain per query', yLabel: `${measure} gained`, gains }),
      `${gains.filter(({ gain }) => gain > 1e-9).length} queries gain, ${gains.filter(({ gain }) => gain < -1e-9).length} lose, ${gains.filter(({ gain }) => Math.abs(gain) <= 1e-9).length} stay, with ${found.name} against the first stage.`,
    ),
    htmlTable('Queries that moved most', [
      ['gained', '', 'lost', ''],
      ...Array.from({ length: Math.min(10, moved.length) }, (_, index) => [
        ...mover(moved[index], 1),
        ...mover(moved.at(-1 - index), -1),
      ]),
    ]),
    '<h2>Latency</h2>',
    htmlFigure(
      latencyChart({ title: 'Reranking time per query', ms: gains.map(({ ms }) => ms) }),
      `Milliseconds of reranking per query with ${found.name}.`,
    ),
  ];
}

/** Per system its line alone, and the best of its blends. */
function depthSeries({ settings }: TuneReport): Series[] {
  return [...new Set(settings.flatMap(({ setting }) => setting.system ?? []))].flatMap((system) => {
    const own = settings.filter(({ setting }) => setting.system === system);
    const best = own.reduce((a, b) => (b.quality > a.quality ? b : a)).setting.blend;
    return [...new Set([0, best])].map((blend) => ({
      name: blend === 0 ? `${system} alone` : `${system}, ${blend} first stage`,
      points: own
        .filter(({ setting }) => setting.blend === blend)
        .map(({ setting, quality }) => [setting.depth, quality] as const),
    }));
  });
}

function settingsTable({ settings, measure }: TuneReport): string {
  const rows = [...settings]
    .sort((a, b) => b.quality - a.quality)
    .map(({ name, quality, interval: range, latency, onFront }) => [
      name,
      quality.toFixed(4),
      range ? `${range.low.toFixed(3)} to ${range.high.toFixed(3)}` : '',
      latency.p50.toFixed(0),
      latency.p95.toFixed(0),
      onFront ? 'yes' : '',
    ]);
  return htmlTable('All settings, best first', [
    ['setting', measure, '95 % interval', 'p50, ms', 'p95, ms', 'on the front'],
    ...rows,
  ]);
}

function mover(row: { readonly query: string; readonly gain: number } | undefined, sign: 1 | -1): [string, string] {
  return row && row.gain * sign > 1e-9 ? [row.query, signed(row.gain)] : ['', ''];
}

function halfRow(name: string, half: HalfResult): string[] {
  return [
    name,
    String(half.queries),
    half.quality.toFixed(4),
    half.firstStage.toFixed(4),
    signed(half.gain),
    interval(half.interval).trim(),
    `${half.latency.p50.toFixed(0)} ms`,
    `${half.latency.p95.toFixed(0)} ms`,
  ];
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
}

function interval(range: { readonly low: number; readonly high: number } | undefined): string {
  return range ? ` (${signed(range.low)} to ${signed(range.high)})` : '';
}
