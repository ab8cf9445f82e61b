import type { HalfResult, Interval, TuneReport } from '@secondpass/core/evaluate';
import { table } from '../print/layout.ts';
import { printable } from '../print/printable.ts';
import type { Style } from '../print/style.ts';

/** What tuning found, as text for a terminal. */
export function printTune(report: TuneReport, style: Style): string {
  const { queries, depths, recommendation } = report;
  const parts = [
    `${queries.used} of ${queries.available} queries${report.outOfTime ? ' (the time was used up)' : ''}; depths ${depths.measured.join(', ')}` +
      (depths.unavailable.length > 0
        ? `; not available beyond the run's longest list: ${depths.unavailable.join(', ')}`
        : ''),
    ...report.dropped.map(
      ({ system, queries: count }) => `${printable(system)} was dropped after ${count} queries: others were better.`,
    ),
  ];
  if (!recommendation)
    return [...parts, agreementTable(report, style), `${style.bold('Code')}\n${report.code}`].join('\n\n');
  const halves = [
    ['half', 'queries', report.measure, 'first stage', 'gain', '95 % interval', 'p50', 'p95'],
    halfRow('chosen on', recommendation.choosing),
    halfRow('held out', recommendation.heldOut),
  ];
  const { crossValidation } = report;
  return [
    ...parts,
    frontTable(report, style),
    `${style.bold(`Recommended: ${printable(recommendation.name)}`)}\n${printable(recommendation.reason)}`,
    table(halves, { right: [1, 2, 3, 4, 6, 7] }),
    `The held-out half would have chosen: ${printable(recommendation.heldOutChoice)}.` +
      (crossValidation
        ? `\nChoosing this way gains ${signed(crossValidation.gain)}${range(crossValidation.interval)} on unseen queries (${crossValidation.folds}-fold cross-validation; chosen: ${printable(crossValidation.chosen.map(({ setting, folds }) => `${setting} in ${folds}`).join('; '))}).`
        : ''),
    ...report.notes.map(({ message }) => `${style.bold('Note')}  ${printable(message)}`),
    `${style.bold('Code')}\n${report.code}`,
  ].join('\n\n');
}

/** The settings that no other beats at once in quality and speed. */
function frontTable({ settings, measure }: TuneReport, style: Style): string {
  const front = settings.filter(({ onFront }) => onFront).sort((a, b) => a.latency.p95 - b.latency.p95);
  const rows = front.map(({ name, quality, interval, latency }) => [
    printable(name),
    quality.toFixed(4),
    interval ? `[${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]` : '',
    `${latency.p50.toFixed(0)} ms`,
    `${latency.p95.toFixed(0)} ms`,
  ]);
  return `${style.bold(`The front of ${settings.length} settings`)}: none is at once better and faster\n${table([['setting', measure, '95 % interval', 'p50', 'p95'], ...rows], { right: [1, 3, 4], indent: '  ' })}`;
}

function agreementTable({ agreement }: TuneReport, style: Style): string {
  const rows = agreement.map(({ system, depth, overlap, rbo, latency }) => [
    printable(system),
    String(depth),
    `${(overlap * 100).toFixed(1)} %`,
    rbo.toFixed(3),
    `${latency.p50.toFixed(0)} ms`,
    `${latency.p95.toFixed(0)} ms`,
  ]);
  return (
    `${style.bold('No judgments')}: how much of the final top 10 each depth already gives. This says when the reranker has made up its mind,\nnot whether its mind is right.\n` +
    table([['system', 'depth', 'same top 10', 'RBO@10', 'p50', 'p95'], ...rows], {
      right: [1, 2, 3, 4, 5],
      indent: '  ',
    })
  );
}

function halfRow(name: string, half: HalfResult): string[] {
  return [
    name,
    String(half.queries),
    half.quality.toFixed(4),
    half.firstStage.toFixed(4),
    signed(half.gain),
    range(half.interval).trim(),
    `${half.latency.p50.toFixed(0)} ms`,
    `${half.latency.p95.toFixed(0)} ms`,
  ];
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
}

function range(interval: Interval | undefined): string {
  return interval ? ` [${signed(interval.low)}, ${signed(interval.high)}]` : '';
}
