import {
  agreementTable,
  extentOf,
  frontTable,
  halvesTable,
  type ReportTable,
  settledSentence,
  stabilityOf,
  type TuneReport,
  withoutJudgments,
} from '@secondpass/core/evaluate';
import { columnsOf, table } from '../print/layout.ts';
import { printable } from '../print/printable.ts';
import type { Style } from '../print/style.ts';

/** What tuning found and what its milliseconds hold for, as text for a terminal. */
export function printTune(report: TuneReport, measured: string, style: Style): string {
  const { recommendation } = report;
  const found = recommendation
    ? [
        laidOut(frontTable(report), style),
        `${style.bold(`Recommended: ${printable(recommendation.name)}`)}\n${printable(recommendation.reason)}`,
        laidOut(halvesTable(report), style),
        stabilityOf(report).map(printable).join('\n'),
      ]
    : [laidOut(agreementTable(report), style), printable(settledSentence(report)), withoutJudgments];
  return [
    ...extentOf(report).map(printable),
    printable(measured),
    ...found,
    ...report.notes.map(({ message }) => `${style.bold('Note')}  ${printable(message)}`),
    `${style.bold('Code')}\n${report.code}`,
  ].join('\n\n');
}

/** A table under its caption; where it is too wide, the names stand on lines of their own, above their numbers. */
function laidOut({ caption, rows, right }: ReportTable, style: Style): string {
  const cells = rows.map((row) => row.map(printable));
  const title = style.bold(printable(caption));
  const wide = table(cells, { right, indent: '  ' });
  if (wide.split('\n').every((line) => columnsOf(line) <= style.width)) return `${title}\n${wide}`;
  const numbers = table(
    cells.map((row) => row.slice(1)),
    { right: right.map((column) => column - 1), indent: '    ' },
  ).split('\n');
  const [head, ...rest] = cells.map(([name], index) => ({ name: `  ${name}`, numbers: numbers[index]! }));
  return [title, head!.numbers, ...rest.flatMap((row) => [row.name, row.numbers])].join('\n');
}
