import type { TuneReport } from '../tune/tune-report.ts';
import { lineChart } from './charts.ts';
import { escapeHtml, htmlFigure, htmlPage, htmlTable } from './html.ts';
import { judgedParts } from './tune-page-parts.ts';
import { extentOf, settledSentence, withoutJudgments } from './tune-sentences.ts';
import { agreementTable } from './tune-tables.ts';

/** What stands around the figures of a report. */
export interface ReportSetting {
  /** What was tuned on. */
  readonly title: string;
  /** Machine, versions, models: name and value. */
  readonly environment: readonly (readonly [string, string])[];
  /** How to do it again. */
  readonly commands: readonly string[];
}

/**
 * A tuning report as one self-contained HTML page with SVG plots: no script, nothing loaded from anywhere, light or
 * dark, fit for paper; every plot has its numbers in a table too, for text browsers.
 */
export function tuneReportPage(report: TuneReport, { title, environment, commands }: ReportSetting): string {
  const { recommendation: found } = report;
  return htmlPage(`Reranking: ${title}`, [
    `<h1>Does reranking pay? ${escapeHtml(title)}</h1>`,
    found
      ? `<p class="lead"><strong>${escapeHtml(found.name)}.</strong> ${escapeHtml(found.reason)}</p>`
      : `<p class="lead">${escapeHtml(withoutJudgments)}</p>`,
    `<p>${escapeHtml(extentOf(report).join(' '))}</p>`,
    ...report.notes.map(({ message }) => `<p><strong>Note.</strong> ${escapeHtml(message)}</p>`),
    `<pre><code>${escapeHtml(report.code)}</code></pre>`,
    ...(found ? judgedParts(report) : agreementParts(report)),
    '<h2>Environment and commands</h2>',
    htmlTable({ caption: 'What this was measured with', rows: [['', ''], ...environment], right: [] }),
    `<pre><code>${escapeHtml(commands.join('\n'))}</code></pre>`,
  ]);
}

/** What it says where there are none. */
function agreementParts(report: TuneReport): string[] {
  const { agreement } = report;
  const { top } = agreement[0]!;
  const systems = [...new Set(agreement.map(({ system }) => system))];
  const series = systems.map((name) => ({
    name,
    points: agreement.filter(({ system }) => system === name).map(({ depth, overlap }) => [depth, overlap] as const),
  }));
  return [
    '<h2>How the top settles</h2>',
    htmlFigure(
      lineChart({
        title: `Overlap of the top ${top} with the top ${top} at full depth`,
        xLabel: 'hits reranked',
        yLabel: `share of the final top ${top}`,
        series,
      }),
      `Share of the top ${top} at full depth that is in the top ${top} already at this depth.`,
    ),
    htmlTable(agreementTable(report)),
    `<p>${escapeHtml(settledSentence(report))}</p>`,
  ];
}
