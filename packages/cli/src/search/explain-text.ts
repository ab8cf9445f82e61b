import { duration, shorten, table, wrap } from '../print/layout.ts';
import { printable } from '../print/printable.ts';
import type { Style } from '../print/style.ts';
import { explanationOf } from './explanation.ts';
import { modelOf } from './render.ts';
import type { SearchReport } from './report.ts';

/** The explanation as tables for a terminal. */
export function renderExplanation(report: SearchReport, style: Style): string {
  const { parts, queries, pools, columns, order } = explanationOf(report);
  const fit = (text: string, columnsLeft: number): string => shorten(printable(text), Math.max(12, columnsLeft));
  const lines: string[] = [];
  const section = (
    title: string,
    remark: string,
    rows: readonly (readonly string[])[],
    right: readonly number[],
  ): void => {
    lines.push('', `${style.bold(title)}${remark ? `  ${style.dim(remark)}` : ''}`);
    const [head = '', ...rest] = table(rows, { right, indent: '  ' }).split('\n');
    lines.push(style.dim(head), ...rest);
  };
  lines.push(...wrap(printable(report.question), style.width).map(style.bold));
  if (parts.length === 0) lines.push(style.dim('It asks one thing: no rule takes it apart.'));
  for (const [index, part] of parts.entries()) lines.push(`  part ${index + 1}  ${fit(part, style.width - 10)}`);
  if (queries.length > 0) {
    const half = Math.floor((style.width - 12) / 2);
    const rows = queries.map(({ query, found, because }) => [String(found), fit(query, half), fit(because, half)]);
    section(
      'Asked',
      'how many passages each query was the first to find, and what suggested it',
      [['new', 'query', 'because'], ...rows],
      [0],
    );
  }
  if (pools.length > 0) {
    const rows = pools.map(({ pool, passages, best }) => [
      pool,
      String(passages),
      fit(best.join(', '), style.width - 30),
    ]);
    section(
      'Pools',
      'of the passages shown below: found where, at which rank',
      [['pool', 'of them', 'best (rank)'], ...rows],
      [1],
    );
  }
  if (order.length === 0) {
    lines.push('', 'Nothing was found: no passage shares a word with the question.');
  } else {
    const number = (value: number | null): string => (value === null ? '–' : value.toFixed(2));
    const rows = order.map(({ passage, place, scores, best }, index) => [
      String(index + 1),
      String(passage.before),
      ...scores.map((value, at) => (at === best ? style.green(number(value)) : number(value))),
      fit(place, style.width - 14 - 8 * columns.length),
    ]);
    const remark = `was: place in the fused list; –: not found for this part, so not read beside it`;
    section('Order', remark, [['#', 'was', ...columns, 'passage'], ...rows], [0, 1, ...columns.map((_, at) => at + 2)]);
    lines.push(
      '',
      ...wrap(
        'Each part gets its best evidence before any gets a second. Marked: the highest score of the row; how early a passage stood in the list of a part counts, too.',
        style.width,
      ).map(style.dim),
    );
  }
  const { retrieve, rerank = 0 } = report.milliseconds;
  lines.push(
    style.dim(
      `Found in ${duration(retrieve)}, reranked ${report.candidates} passages in ${duration(rerank)} (${modelOf(report.runs)}).`,
    ),
  );
  // What several calls of one model noted alike is said once.
  const said = new Map(report.notes.toReversed().map((note) => [`${note.code} ${note.by}`, note.message]));
  for (const message of [...said.values()].toReversed())
    lines.push(...wrap(`Note: ${printable(message)}`, style.width).map(style.dim));
  return `${lines.join('\n')}\n`;
}
