import type { TuneReport } from '../tune/tune-report.ts';
import { gainChart, latencyChart, lineChart, scatterChart, type Series } from './charts.ts';
import { escapeHtml, htmlFigure, htmlTable } from './html.ts';
import { stabilityOf } from './tune-sentences.ts';
import { halvesTable, movedTable, settingsTable, unmoved } from './tune-tables.ts';

/** What the page says where there are judgments: both halves, the plots, the settings, the queries that moved. */
export function judgedParts(report: TuneReport): string[] {
  const { settings, measure, recommendation, gains } = report;
  const first = settings[0]!;
  const { name: recommended, candidate } = recommendation!;
  const points = settings.map(({ name, quality, latency, onFront }) => ({
    name,
    x: latency.p95,
    y: quality,
    onFront,
    chosen: name === recommended,
  }));
  const parts = [
    '<h2>Does it hold?</h2>',
    htmlTable(halvesTable(report)),
    `<p>${escapeHtml(stabilityOf(report).join(' '))}</p>`,
    '<h2>Quality against depth</h2>',
    htmlFigure(
      lineChart({
        title: `${measure} against depth`,
        xLabel: 'hits reranked',
        yLabel: measure,
        series: depthSeries(report),
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
      `Each point is a setting; the staircase joins those that no other setting beats in quality and speed at once; the ring marks ${recommended}.`,
    ),
    htmlTable(settingsTable(report)),
    '<h2>Query by query</h2>',
  ];
  if (candidate.setting.system === undefined)
    return [...parts, '<p>The first stage was chosen as it is, so no query changes.</p>'];
  const count = (test: (gain: number) => boolean): number => gains.filter(({ gain }) => test(gain)).length;
  return [
    ...parts,
    htmlFigure(
      gainChart({ title: 'Gain per query', yLabel: `${measure} gained`, gains }),
      `${count((gain) => gain > unmoved)} queries gain, ${count((gain) => gain < -unmoved)} lose, ${count((gain) => Math.abs(gain) <= unmoved)} stay, with ${candidate.name} against the first stage.`,
    ),
    htmlTable(movedTable(report)),
    '<h2>Latency</h2>',
    htmlFigure(
      latencyChart({ title: 'Reranking time per query', ms: gains.map(({ ms }) => ms) }),
      `Milliseconds of reranking per query with ${candidate.name}.`,
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
