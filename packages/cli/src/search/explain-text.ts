import { columnsOf, shorten, shortenStart, table, wrap } from '../print/layout.ts';
import { printable, printableLine } from '../print/printable.ts';
import type { Style } from '../print/style.ts';
import { type Explanation, explanationOf } from './explanation.ts';
import { captions } from './legend.ts';
import { effortOf } from './effort.ts';
import type { SearchReport } from './report.ts';
import { whyNothing } from './why-nothing.ts';

/** The explanation as tables for a terminal. */
export function renderExplanation(report: SearchReport, style: Style): string {
  const { parts, queries, pools, columns, order, legend } = explanationOf(report);
  const fit = (text: string, columnsLeft: number): string => shorten(printable(text), Math.max(12, columnsLeft));
  const lines: string[] = [];
  const section = (
    title: string,
    remark: string,
    rows: readonly (readonly string[])[],
    right: readonly number[],
  ): void => {
    lines.push('', `${style.bold(title)}  ${style.dim(remark)}`);
    const [head = '', ...rest] = table(rows, { right, indent: '  ' }).split('\n');
    lines.push(style.dim(head), ...rest);
  };
  lines.push(...wrap(printable(report.question), style.width).map(style.bold));
  if (parts.length === 0) lines.push(style.dim('No rule takes it apart; it is searched as one.'));
  for (const [index, part] of parts.entries()) lines.push(`  part ${index + 1}  ${fit(part, style.width - 10)}`);
  if (queries.length > 0) {
    const half = Math.floor((style.width - 12) / 2);
    const rows = queries.map(({ query, found, because }) => [String(found), fit(query, half), fit(because, half)]);
    section('Asked', captions.asked, [['new', 'query', 'because'], ...rows], [0]);
  }
  if (pools.length > 0) {
    const rows = pools.map(({ pool, passages, best }) => [pool, String(passages), placesIn(best, style.width - 30)]);
    section('Pools', captions.pools, [['pool', 'of them', 'best (rank)'], ...rows], [1]);
  }
  if (order.length === 0) {
    lines.push('', whyNothing(report));
  } else {
    const score = (value: number | null, marked: boolean): string =>
      marked ? style.green(`${value!.toFixed(2)}*`) : `${value?.toFixed(2) ?? '–'} `;
    // The columns before the last: two of numbers, and one for each score.
    const taken = 2 + 4 + 5 + columns.reduce((sum, name) => sum + Math.max(name.length, 5) + 2, 0);
    const rows = order.map(({ passage, place, scores, best }, index) => [
      String(index + 1),
      String(passage.before),
      ...scores.map((value, at) => score(value, at === best)),
      shortenStart(printableLine(place), Math.max(24, style.width - taken)),
    ]);
    section(
      'Order',
      captions.order,
      [['#', 'was', ...columns, 'passage'], ...rows],
      [0, 1, ...columns.map((_, at) => at + 2)],
    );
    lines.push('', ...legendLines(legend, style), '');
  }
  lines.push(...wrap(effortOf(report), style.width).map(style.dim));
  // What several calls of one model noted alike is said once.
  const said = new Map(report.notes.toReversed().map((note) => [`${note.code} ${note.by}`, note.message]));
  for (const message of [...said.values()].toReversed())
    lines.push(...wrap(`Note: ${printable(message)}`, style.width).map(style.dim));
  return `${lines.join('\n')}\n`;
}

/** Places with their ranks: as many as there is room for, each cut at its start where it is too long. */
function placesIn(best: Explanation['pools'][number]['best'], room: number): string {
  const texts = best.map(({ place, rank }) => ({ place: printableLine(place), after: ` (${rank})` }));
  const whole = texts.map(({ place, after }) => place + after).join(', ');
  if (columnsOf(whole) <= room) return whole;
  const count = Math.min(texts.length, Math.max(1, Math.floor(room / 30)));
  const each = Math.floor((room - 2 * (count - 1)) / count);
  return texts
    .slice(0, count)
    .map(({ place, after }) => shortenStart(place, Math.max(12, each - after.length)) + after)
    .join(', ');
}

function legendLines(legend: Explanation['legend'], style: Style): string[] {
  const width = Math.max(0, ...legend.map(({ term }) => term.length)) + 2;
  return legend.flatMap(({ term, meaning }) =>
    wrap(meaning, style.width - width).map((line, at) => style.dim((at === 0 ? term : '').padEnd(width) + line)),
  );
}
