import { columnsOf, duration, shorten, shortenPath, shortenStart, table, wrap } from '../print/layout.ts';
import { modelOf } from '../print/model-of.ts';
import { printable, printableLine } from '../print/printable.ts';
import type { Style } from '../print/style.ts';
import { excerpt, termsOf } from './excerpt.ts';
import type { Corpus } from './read-corpus.ts';
import type { SearchReport, ShownPassage } from './report.ts';
import { whyNothing } from './why-nothing.ts';

/** How much was read, and what was left aside, if anything. */
export function renderCorpus({ passages, files, leftAside }: Corpus, milliseconds: number, style: Style): string {
  const lines = [`${passages.length} passages from ${files} file(s), read and indexed in ${duration(milliseconds)}`];
  const more = leftAside.length > 5 ? `; and ${leftAside.length - 5} more` : '';
  if (leftAside.length > 0)
    lines.push(...wrap(`Left aside: ${printable(leftAside.slice(0, 5).join('; '))}${more}`, style.width));
  return `${lines.map(style.dim).join('\n')}\n\n`;
}

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
    lines.push(whyNothing(report));
    return `${lines.join('\n')}\n`;
  }
  const found = `${report.candidates} passage(s) found by words in ${duration(milliseconds.retrieve)}`;
  lines.push(`${style.bold('Before reranking')}  ${style.dim(found)}`, ...beforeRows(before, parts.length, style));
  if (after) {
    const { rerank = 0 } = milliseconds;
    const each = report.candidates > 0 ? `, ${duration(rerank / report.candidates)} a passage` : '';
    lines.push('', ...headed('After reranking', `${modelOf(report.runs)}: ${duration(rerank)}${each}`, style));
    lines.push(...orderRemark(after, parts.length, style));
    const terms = termsOf([question, ...parts].join(' '));
    for (const passage of after) lines.push(...afterRows(passage, parts.length, terms, style));
  }
  const messages = new Set(report.notes.map(({ message }) => printable(message)));
  for (const message of messages) lines.push(...wrap(`Note: ${message}`, style.width).map(style.dim));
  return `${lines.join('\n')}\n`;
}

/** A title with a remark beside it, or below it where it does not fit. */
function headed(title: string, remark: string, style: Style): string[] {
  const beside = `   ${remark}`;
  return columnsOf(title + beside) <= style.width
    ? [style.bold(title) + style.dim(beside)]
    : [style.bold(title), ...wrap(remark, style.width - 2).map((line) => style.dim(`  ${line}`))];
}

const followed = 'what followed from the finds';
const place = ({ file, firstLine }: ShownPassage): string => `${printableLine(file)}:${firstLine}`;
const above = ({ headings, heading }: ShownPassage): string[] =>
  [...headings, ...(heading === undefined ? [] : [heading])].map(printable);

function foundBy({ retrieval }: ShownPassage): string {
  const named = retrieval.map(({ part }) => (part === null ? 'follow-up' : part === 0 ? 'whole' : `part ${part}`));
  return [...new Set(named)].join(', ');
}

function beforeRows(passages: readonly ShownPassage[], parts: number, style: Style): string[] {
  const several = parts > 0 || passages.some(({ retrieval }) => retrieval.some(({ part }) => part === null));
  const found = passages.map((passage) => (several ? shorten(foundBy(passage), Math.floor(style.width / 2)) : ''));
  const room = style.width - 18 - Math.max(...found.map(columnsOf));
  const rows = passages.map((passage, index) => {
    const best = Math.max(...passage.retrieval.map(({ score }) => score ?? -Infinity));
    const value = best === -Infinity ? '' : best.toFixed(1);
    return [String(passage.before), value, shortenStart(place(passage), room), found[index]!];
  });
  return table([['#', 'BM25', 'file:line', several ? 'found by' : ''], ...rows], { right: [0, 1], indent: '  ' })
    .split('\n')
    .map((line, index) => (index === 0 ? style.dim(line) : line));
}

/** Why the numbers rise somewhere, if they do. */
function orderRemark(passages: readonly ShownPassage[], parts: number, style: Style): string[] {
  const values = passages.flatMap((passage) => bestScore(passage)?.value.toFixed(2) ?? []).map(Number);
  if (values.every((value, at) => at === 0 || value <= values[at - 1]!)) return [];
  const wentOn = passages.some(({ scores }) => scores?.followUps !== undefined);
  const first =
    parts > 0
      ? 'the best evidence for each part comes first; '
      : wentOn
        ? `the question and ${followed} take turns; `
        : '';
  const text = `Not in the order of the numbers: ${first}the place in the first search counts, too.`;
  return wrap(text, style.width - 2).map((line) => style.dim(`  ${line}`));
}

function afterRows(passage: ShownPassage, parts: number, terms: ReadonlySet<string>, style: Style): string[] {
  const { before, after = 0 } = passage;
  const moved = before - after;
  const from =
    moved > 0 ? style.green(`▲ from ${before}`) : moved < 0 ? style.red(`▼ from ${before}`) : style.dim('= stays');
  const best = bestScore(passage);
  const value = best ? best.value.toFixed(2).padStart(6) : '     –';
  const answers = best && (parts > 0 || best.of === followed) ? `  for ${best.of}` : '';
  const indent = ' '.repeat(13);
  const start = `  ${String(after).padStart(2)}  ${value}  `;
  const end = `  ${from}${style.dim(answers)}`;
  const file = shortenStart(place(passage), Math.max(16, style.width - columnsOf(start + end)));
  const room = style.width - indent.length;
  const text = excerpt(printable(passage.text), terms, room * 2);
  const heading = shortenPath(above(passage), room);
  return [
    start + style.cyan(file) + end,
    ...(heading ? [indent + style.dim(heading)] : []),
    ...wrap(text, room, 2).map((line) => indent + line),
  ];
}

/** The highest of a passage's scores, and what it is for. */
function bestScore({ scores }: ShownPassage): { readonly of: string; readonly value: number } | undefined {
  const { whole, parts = [], followUps } = scores ?? {};
  const all = [
    { of: 'the whole', value: whole },
    ...parts.map((value, at) => ({ of: `part ${at + 1}`, value })),
    { of: followed, value: followUps },
  ].flatMap(({ of, value }) => (value === undefined || value === null ? [] : [{ of, value }]));
  return all.length === 0 ? undefined : all.reduce((a, b) => (b.value > a.value ? b : a));
}

/** One row per question: what is first now, where the passages on top came from, what it cost. */
export function renderSummary(reports: readonly SearchReport[], style: Style): string {
  const isWide = style.width >= 110;
  // What is left beside the other columns at their widest: the most for a file and its line.
  const room = style.width - (isWide ? 72 : 40);
  const pathRoom = Math.max(24, Math.floor(room / 2));
  const rows = reports.map((report, index) => {
    const first = report.after?.[0] ?? report.before[0];
    const { retrieve, rerank, total } = report.milliseconds;
    const before = (report.after ?? []).slice(0, 5).map((passage) => passage.before);
    return [
      String(index + 1),
      shorten(printable(report.question), room - pathRoom),
      first ? shortenStart(place(first), pathRoom) : 'nothing found',
      before.join(', ') || '–',
      duration(total),
      ...(isWide
        ? [
            String(report.parts.length || '–'),
            String(report.candidates),
            duration(retrieve),
            rerank === undefined ? '–' : duration(rerank),
          ]
        : []),
    ];
  });
  const more = isWide ? ['parts', 'pool', 'retrieve', 'rerank'] : [];
  const head = ['#', 'question', 'now first', 'top was', 'in all', ...more];
  return `${table([head, ...rows], { right: [0, 3, 4, 5, 6, 7, 8], indent: '  ' })
    .split('\n')
    .map((line, index) => (index === 0 ? style.dim(line) : line))
    .join('\n')}\n`;
}
