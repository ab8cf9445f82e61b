import type { Run } from '@secondpass/core';
import { duration, shorten, shortenPath, table, wrap } from '../print/layout.ts';
import { printable } from '../print/printable.ts';
import type { Style } from '../print/style.ts';
import { excerpt, termsOf } from './excerpt.ts';
import type { SearchReport, ShownPassage } from './report.ts';

/** One question's answer for a person: its parts, the order before, the order after with an excerpt each, what ran. */
export function renderSearch(report: SearchReport, style: Style): string {
  const { question, parts, before, after, milliseconds } = report;
  const lines: string[] = [];
  const room = style.width - 10;
  for (const [index, line] of wrap(printable(question), room).entries()) {
    lines.push(`${index === 0 ? style.bold('Question  ') : ' '.repeat(10)}${line}`);
  }
  if (parts.length === 0) lines.push(`${style.bold('Parts     ')}${style.dim('none: it is searched as one question')}`);
  for (const [index, part] of parts.entries()) {
    lines.push(
      `${index === 0 ? style.bold('Parts     ') : ' '.repeat(10)}${index + 1}. ${shorten(printable(part), room - 3)}`,
    );
  }
  lines.push('');
  if (before.length === 0) {
    lines.push('Nothing was found: no passage shares a word with the question.');
    return `${lines.join('\n')}\n`;
  }
  const found = `${report.candidates} passage(s) found by words in ${duration(milliseconds.retrieve)}`;
  lines.push(`${style.bold('Before reranking')}  ${style.dim(found)}`, ...beforeRows(before, parts.length, style));
  if (after) {
    const { rerank = 0 } = milliseconds;
    const each = report.candidates > 0 ? `, ${duration(rerank / report.candidates)} a passage` : '';
    lines.push(
      '',
      `${style.bold('After reranking')}   ${style.dim(`${modelOf(report.runs)}: ${duration(rerank)}${each}`)}`,
    );
    const terms = termsOf([question, ...parts].join(' '));
    for (const passage of after) lines.push(...afterRows(passage, parts.length, terms, style));
  }
  const messages = new Set(report.notes.map(({ message }) => printable(message)));
  for (const message of messages) lines.push(...wrap(`Note: ${message}`, style.width).map(style.dim));
  return `${lines.join('\n')}\n`;
}

/** Which model ran, where: `@secondpass/model-mini-en, int8, cpu`. */
export function modelOf(runs: readonly Run[]): string {
  const run = runs.find(({ model }) => model !== undefined) ?? runs.at(-1);
  if (!run) return 'no model ran';
  return [run.model ?? run.by, run.precision, run.device].filter(Boolean).join(', ');
}

const place = ({ file, firstLine }: ShownPassage): string => `${printable(file)}:${firstLine}`;
const above = ({ headings, heading }: ShownPassage): string[] =>
  [...headings, ...(heading === undefined ? [] : [heading])].map(printable);

function foundBy({ retrieval }: ShownPassage, parts: number): string {
  if (parts === 0) return '';
  const named = retrieval.map(({ part }) => (part === 0 ? 'whole' : `part ${part}`));
  return [...new Set(named)].join(', ');
}

function beforeRows(passages: readonly ShownPassage[], parts: number, style: Style): string[] {
  const rows = passages.map((passage) => {
    const best = Math.max(...passage.retrieval.map(({ score }) => score ?? -Infinity));
    return [String(passage.before), best === -Infinity ? '' : best.toFixed(1), place(passage), foundBy(passage, parts)];
  });
  return table([['#', 'BM25', 'file:line', parts > 0 ? 'found by' : ''], ...rows], { right: [0, 1], indent: '  ' })
    .split('\n')
    .map((line, index) => (index === 0 ? style.dim(line) : shorten(line, style.width)));
}

function afterRows(passage: ShownPassage, parts: number, terms: ReadonlySet<string>, style: Style): string[] {
  const { before, after = 0 } = passage;
  const moved = before - after;
  const from =
    moved > 0 ? style.green(`▲ from ${before}`) : moved < 0 ? style.red(`▼ from ${before}`) : style.dim('= stays');
  const best = bestScore(passage);
  const value = best ? best.value.toFixed(2).padStart(6) : '     –';
  const answers = parts === 0 || !best ? '' : style.dim(`  for ${nameOf(best.part)}`);
  const indent = ' '.repeat(13);
  const head = `  ${String(after).padStart(2)}  ${value}  ${style.cyan(place(passage))}  ${from}${answers}`;
  const room = style.width - indent.length;
  const text = excerpt(printable(passage.text), terms, room * 2);
  const heading = shortenPath(above(passage), room);
  return [head, ...(heading ? [indent + style.dim(heading)] : []), ...wrap(text, room, 2).map((line) => indent + line)];
}

/** The highest of a passage's scores, and for what it is: 0 is the whole question. */
export function bestScore({ scores }: ShownPassage): { readonly part: number; readonly value: number } | undefined {
  const all = [scores?.whole ?? null, ...(scores?.parts ?? [])].flatMap((value, part) =>
    value === null ? [] : [{ part, value }],
  );
  return all.length === 0 ? undefined : all.reduce((a, b) => (b.value > a.value ? b : a));
}

const nameOf = (part: number): string => (part === 0 ? 'the whole' : `part ${part}`);

/** One row per question: what is first now, where the passages on top came from, what it cost. */
export function renderSummary(reports: readonly SearchReport[], style: Style): string {
  const width = Math.max(24, style.width - 72);
  const rows = reports.map((report, index) => {
    const first = report.after?.[0] ?? report.before[0];
    const { retrieve, rerank, total } = report.milliseconds;
    return [
      String(index + 1),
      shorten(printable(report.question), width),
      String(report.parts.length || '–'),
      String(report.candidates),
      first ? shorten(place(first), 30) : 'nothing found',
      (report.after ?? [])
        .slice(0, 5)
        .map(({ before }) => before)
        .join(', ') || '–',
      duration(retrieve),
      rerank === undefined ? '–' : duration(rerank),
      duration(total),
    ];
  });
  const head = ['#', 'question', 'parts', 'pool', 'now first', 'top was', 'retrieve', 'rerank', 'in all'];
  return `${table([head, ...rows], { right: [0, 2, 3, 5, 6, 7, 8], indent: '  ' })
    .split('\n')
    .map((line, index) => (index === 0 ? style.dim(line) : line))
    .join('\n')}\n`;
}
