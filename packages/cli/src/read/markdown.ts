import { type Block, type Line, linesOf, type Parsed } from './block.ts';
import { inlineText, longestCleanedLine } from './markdown-inline.ts';

// Own line-based reading instead of a Markdown library: what is needed is blocks with line numbers, not a rendering,
// and a renderer's tree either lacks positions or costs some twenty packages.
const fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const atxHeading = /^ {0,3}(#{1,6})(?=[ \t]|$)/;
const setextUnderline = /^ {0,3}(?:=+|-+)$/;
const thematicBreak = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const listItem = /^\s*(?:[-*+]|\d{1,9}[.)])\s+\S/;
const tableRule = /^\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?)?$/;
const linkDefinition = /^\[[^\]]+\]:\s+\S+(?:\s+["'(].*["')])?$/;

/**
 * Markdown: headings (`#` and underlined), fenced code, lists and tables line by line, paragraphs, front matter. Link
 * targets, HTML tags, comments, emphasis marks and table rules are left out; everything a reader would see stays.
 */
export function parseMarkdown(text: string): Parsed {
  const lines = linesOf(text);
  const matter = frontMatter(lines);
  const blocks: Block[] = matter.length > 0 ? [{ kind: 'lines', lines: matter }] : [];
  let title = matter.map(({ text: line }) => titleIn(line)).find(Boolean);
  let paragraph: Line[] = [];
  let comment = false;

  const close = (): void => {
    const apart = paragraph.some(({ text: line }) => listItem.test(line) || line.trimStart().startsWith('|'));
    const shown = readable(paragraph);
    if (shown.length > 0) blocks.push({ kind: apart ? 'lines' : 'prose', lines: shown });
    paragraph = [];
  };
  const heading = (level: number, parts: readonly Line[]): void => {
    const shown = readable(parts).map((part) => ({ ...part, text: part.text.trim() }));
    if (shown.length === 0) return;
    if (level === 1) title ??= shown.map((part) => part.text).join(' ');
    blocks.push({ kind: 'heading', level, lines: shown });
  };

  for (let at = matter.length > 0 ? matter.at(-1)!.line + 1 : 0; at < lines.length; at++) {
    const line = lines[at]!.line;
    const mark = comment ? undefined : fence.exec(lines[at]!.text)?.[1];
    if (mark) {
      close();
      const code: Line[] = [];
      for (at++; at < lines.length && !closesFence(lines[at]!.text, mark); at++) code.push(lines[at]!);
      if (code.some(({ text: inside }) => inside.trim() !== '')) blocks.push({ kind: 'code', lines: code });
      continue;
    }
    const bare = withoutComments(lines[at]!.text, comment);
    comment = bare.open;
    const current = bare.text.trimEnd();
    const hashes = atxHeading.exec(current)?.[1];
    if (hashes) {
      close();
      const words = current.trim().slice(hashes.length).trim();
      heading(hashes.length, [
        { text: words.length > longestCleanedLine ? words : words.replace(/(?:^|[ \t])#+$/, ''), line },
      ]);
    } else if (
      setextUnderline.test(current) &&
      paragraph.length > 0 &&
      !paragraph.some((part) => listItem.test(part.text))
    ) {
      const parts = paragraph;
      paragraph = [];
      heading(current.trim().startsWith('=') ? 1 : 2, parts);
    } else if (current === '' || thematicBreak.test(current)) {
      // A comment alone on its line does not end a paragraph; an empty line does.
      if (lines[at]!.text.trim() === '' || current !== '') close();
    } else if (current.length > longestCleanedLine || !isMarkup(current.trim()))
      paragraph.push({ text: current, line });
  }
  close();
  return { ...(title !== undefined && { title }), blocks };
}

const isMarkup = (line: string): boolean => tableRule.test(line) || linkDefinition.test(line);

const closesFence = (line: string, mark: string): boolean =>
  line.trim().length >= mark.length && line.trim() === mark[0]!.repeat(line.trim().length) && /^ {0,3}\S/.test(line);

function readable(lines: readonly Line[]): Line[] {
  return lines.map(({ text, line }) => ({ text: inlineText(text), line })).filter(({ text }) => text.trim() !== '');
}

/** The title that a line of front matter gives, without quotes. */
function titleIn(line: string): string | undefined {
  if (!line.startsWith('title:')) return undefined;
  return line.slice('title:'.length).trim().replace(/^["']/, '').replace(/["']$/, '');
}

/** The lines between `---` and `---` at the very top, if they look like front matter. */
function frontMatter(lines: readonly Line[]): Line[] {
  if (lines[0]?.text.trimEnd() !== '---') return [];
  const end = lines.findIndex(({ text }, index) => index > 0 && /^(?:---|\.\.\.)\s*$/.test(text));
  const matter = lines.slice(1, Math.max(end, 1));
  return matter.every(({ text }) => text === '' || /^(?:[\w.-]+:|\s|-|#)/.test(text)) ? matter : [];
}

/** A line without its HTML comments. `open`: a comment goes on after this line's end. Code spans are respected. */
function withoutComments(line: string, open: boolean): { readonly text: string; readonly open: boolean } {
  let text = '';
  let rest = line;
  if (open) {
    const end = rest.indexOf('-->');
    if (end < 0) return { text: '', open: true };
    rest = rest.slice(end + 3);
  }
  for (let start = rest.indexOf('<!--'); start >= 0; start = rest.indexOf('<!--')) {
    const before = rest.slice(0, start);
    if ((`${text}${before}`.split('`').length - 1) % 2 === 1) return { text: text + rest, open: false };
    text += before;
    const end = rest.indexOf('-->', start + 4);
    if (end < 0) return { text, open: true };
    rest = rest.slice(end + 3);
  }
  return { text: text + rest, open: false };
}
