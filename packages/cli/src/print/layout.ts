/** How many columns a text takes: wide East Asian characters and emoji count two, combining marks none. */
export function columnsOf(text: string): number {
  const plain = text.replace(ansi, '');
  let columns = 0;
  for (let at = 0; at < plain.length; at += stretch) {
    for (const { segment } of graphemes.segment(plain.slice(at, at + stretch))) columns += wide.test(segment) ? 2 : 1;
  }
  return columns;
}
/** Text that is segmented at a time: the segmenter's time grows with the square of the length. A seam may cost a column. */
const stretch = 256;
/** More characters than any line has. What is beyond, and would fit since it has no width, is left out. */
const longestLine = 2000;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const wide =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u3000-\u303f\uff01-\uff60]|\p{Emoji_Presentation}/u;
// eslint-disable-next-line no-control-regex
const ansi = /\u001b\[\d+m/g;

/** At most `columns` columns; what is cut is replaced by an ellipsis. */
export function shorten(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text.slice(0, longestLine))) {
    const next = columnsOf(segment);
    if (used + next > columns - 1) break;
    kept += segment;
    used += next;
  }
  return `${kept.trimEnd()}…`;
}

/**
 * At most `columns` columns of a file's path and line, which are told by their end: what is cut at the start, up to the
 * next `/` if there is one, is replaced by an ellipsis.
 */
export function shortenStart(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of [...graphemes.segment(text.slice(-longestLine))].toReversed()) {
    used += columnsOf(segment);
    if (used > columns - 1) break;
    kept = segment + kept;
  }
  return `…${kept.slice(Math.max(0, kept.indexOf('/')))}`;
}

/**
 * A path such as `Guide › Use › Options`; where it is too long, what stands between the first and the last goes first.
 */
export function shortenPath(parts: readonly string[], columns: number): string {
  for (let left = 0; left < parts.length - 1; left++) {
    const path = left === 0 ? parts : [parts[0]!, '…', ...parts.slice(left + 1)];
    const text = path.join(' › ');
    if (columnsOf(text) <= columns) return text;
  }
  return shorten(parts.at(-1) ?? '', columns);
}

/**
 * The first lines of a text, white space collapsed, broken between words to fit, the last with an ellipsis if more
 * follows.
 */
export function wrap(text: string, columns: number, most: number = Infinity): string[] {
  const lines: string[] = [];
  let line = '';
  const words = text.split(/\s+/).filter(Boolean);
  for (const [index, word] of words.entries()) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (columnsOf(longer) <= columns) {
      line = longer;
      continue;
    }
    if (lines.length + 1 >= most)
      return [...lines, shorten(`${longer} ${words.slice(index + 1, index + 2).join('')}`, columns)];
    if (line !== '') lines.push(line);
    line = columnsOf(word) > columns ? shorten(word, columns) : word;
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** Rows under each other in columns, each on one line. Numbers (`right`) are set to the right. */
export function table(
  rows: readonly (readonly string[])[],
  options: { readonly right?: readonly number[]; readonly indent?: string; readonly gap?: string } = {},
): string {
  const { right = [], indent = '', gap = '  ' } = options;
  const lines = rows.map((row) => row.map((cell) => cell.replaceAll('\n', ' ')));
  const widths: number[] = [];
  for (const row of lines) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, columnsOf(cell));
  }
  return lines
    .map((row) => {
      const cells = row.map((cell, index) => {
        const space = ' '.repeat(widths[index]! - columnsOf(cell));
        return right.includes(index) ? space + cell : cell + space;
      });
      return `${indent}${cells.join(gap)}`.trimEnd();
    })
    .join('\n');
}

/** Milliseconds for a person: `4 ms`, `1.3 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1) return '<1 ms';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
