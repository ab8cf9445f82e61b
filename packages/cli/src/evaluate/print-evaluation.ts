import type { Comparison, Difference, Interval } from '@secondpass/core/evaluate';
import { columnsOf, table, wrap } from '../print/layout.ts';
import { printable } from '../print/printable.ts';
import type { Style } from '../print/style.ts';
import type { EvaluateReport } from './evaluate-runs.ts';

/** The report as text: values, differences to the first run, the queries that gained and lost most, gates. */
export function printEvaluation(
  report: EvaluateReport,
  style: Style,
  options: { readonly perQuery: boolean; readonly level: number },
): string {
  const parts = [valueTable(report, style, options.level)];
  if (options.perQuery) parts.push(perQueryTable(report));
  if (report.comparisons.length > 0) {
    const [first] = report.comparisons;
    parts.push(
      againstFirst(first!, style, options.level),
      ...report.comparisons.map((comparison) => differenceTable(comparison, style)),
      ...report.comparisons
        .slice(0, 1)
        .flatMap((comparison) => comparison.differences.map((difference) => movers(comparison, difference))),
    );
  }
  if (report.agreements.length > 0) {
    const rows = report.agreements.map(({ run, measure, value, queries }) => [
      printable(run),
      measure,
      value.toFixed(4),
      `${queries} queries`,
    ]);
    parts.push(`${style.bold('Agreement with the first run')}\n${table(rows, { right: [2], indent: '  ' })}`);
  }
  for (const { gate, run, value, passed, uncertain } of report.gates) {
    const doubt = passed && uncertain ? '; the interval reaches below it, so another sample of queries may fail' : '';
    parts.push(
      `${passed ? style.green('passed') : style.red('failed')}  ${gate}  ${printable(run)}: ${uncertain === undefined ? value.toFixed(4) : signed(value)}${doubt}`,
    );
  }
  return `${parts.join('\n\n')}\n`;
}

function againstFirst({ baseline, differences }: Comparison, style: Style, level: number): string {
  const corrected = differences.length > 1 ? `, corrected for ${differences.length} runs (Holm)` : '';
  const text = `paired bootstrap ${percent(level)} interval; p of a two-sided randomisation test${corrected}`;
  return [style.bold(`Against ${printable(baseline)}`), ...wrap(text, style.width - 2).map((line) => `  ${line}`)].join(
    '\n',
  );
}

/** A row for each run; where that is too wide, one for each measure and run. */
function valueTable({ evaluations, intervals, judged }: EvaluateReport, style: Style, level: number): string {
  const measures = Object.keys(evaluations[0]!.means);
  const runs = evaluations.map(({ run, means, answered }, index) => ({
    name: printable(run),
    values: measures.map((measure) => `${means[measure]!.toFixed(4)} ${range(intervals[index]![measure])}`),
    answered: String(answered),
  }));
  const title = `${style.bold(`${judged} judged queries`)}, mean with ${percent(level)} interval`;
  const head = ['run', ...measures, 'answered'];
  const rows = runs.map(({ name, values, answered }) => [name, ...values, answered]);
  const wide = table([head, ...rows], { right: [head.length - 1] });
  if (wide.split('\n').every((line) => columnsOf(line) <= style.width)) return `${title}\n${wide}`;
  const long = measures.flatMap((measure, at) =>
    runs.map(({ name, values, answered }, index) => [index === 0 ? measure : '', name, values[at]!, answered]),
  );
  return `${title}\n${table([['measure', 'run', 'mean', 'answered'], ...long], { right: [3] })}`;
}

function perQueryTable({ evaluations }: EvaluateReport): string {
  const measures = Object.keys(evaluations[0]!.means);
  const rows = evaluations.flatMap(({ run, queries, perQuery }) =>
    queries.map((query, index) => [
      printable(query),
      printable(run),
      ...measures.map((measure) => perQuery[measure]![index]!.toFixed(4)),
    ]),
  );
  return table([['query', 'run', ...measures], ...rows], { right: measures.map((_, index) => index + 2) });
}

function differenceTable({ measure, differences }: Comparison, style: Style): string {
  const rows = differences.map((row) => [
    printable(row.run),
    signed(row.difference),
    row.interval ? `[${signed(row.interval.low)}, ${signed(row.interval.high)}]` : '',
    row.correctedP < 0.0001 ? '<0.0001' : row.correctedP.toFixed(4),
    `${row.wins}/${row.ties}/${row.losses}`,
  ]);
  return `${style.bold(measure)}\n${table([['run', 'difference', 'interval', 'p', 'wins/ties/losses'], ...rows], { right: [1, 3, 4], indent: '  ' })}`;
}

const shown = 10;

/** The ten queries that gained and the ten that lost most. Ties are neither. */
function movers({ measure, baseline }: Comparison, { run, perQuery, wins, losses }: Difference): string {
  const gained = perQuery.slice(0, Math.min(wins, shown));
  const lost = perQuery.slice(perQuery.length - Math.min(losses, shown)).toReversed();
  const rows = Array.from({ length: Math.max(gained.length, lost.length) }, (_, index) => [
    gained[index] ? printable(gained[index].query) : '',
    gained[index] ? signed(gained[index].difference) : '',
    lost[index] ? printable(lost[index].query) : '',
    lost[index] ? signed(lost[index].difference) : '',
  ]);
  const title = `${measure}, ${printable(run)} against ${printable(baseline)}: queries that moved most`;
  if (rows.length === 0) return `${title}: none moved`;
  return `${title}\n${table([['gained', '', 'lost', ''], ...rows], { right: [1, 3], indent: '  ' })}`;
}

function range(interval: Interval | undefined): string {
  return interval ? `[${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]` : '';
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
}

function percent(level: number): string {
  return `${Number((level * 100).toFixed(2))} %`;
}
