import { Parser } from 'htmlparser2';
import { SecondpassError } from '@secondpass/core';
import { type Block, type Line, type Parsed } from './block.ts';

const unseen = new Set(['script', 'style', 'template', 'svg', 'noscript', 'iframe', 'object', 'math']);
const inline = new Set(
  'a abbr b bdi bdo cite code data dfn em font i img input ins kbd label mark q s samp small span strike strong sub sup time tt u var wbr del big acronym nobr'.split(
    ' ',
  ),
);
const standsAlone = new Set(['li', 'tr', 'dt', 'dd', 'option', 'caption', 'figcaption', 'summary']);

/** Browsers stop nesting at 512. Deeper, the parser's time would grow with the square of the length. */
const deepest = 1000;

/**
 * HTML: what a browser would show, as headings, paragraphs, list items, table rows and `pre` blocks, with source lines.
 * @throws SecondpassError `invalid-argument` if elements are nested more than a thousand deep
 */
export function parseHtml(html: string): Parsed {
  const blocks: Block[] = [];
  const lineAt = lineFinder(html);
  let lines: Line[] = [];
  let kind: Block['kind'] = 'prose';
  let level = 0;
  let depth = 0;
  let hidden = 0;
  let pre = 0;
  let title: string | undefined;
  let inTitle = false;
  const close = (): void => {
    const kept = lines.map(({ text, line }) => ({
      text: kind === 'code' ? text : text.replace(/\s+/g, ' ').trim(),
      line,
    }));
    const shown = kind === 'code' ? withoutEdges(kept) : kept.filter(({ text }) => text !== '');
    if (shown.length > 0) blocks.push({ kind, ...(kind === 'heading' && { level }), lines: shown });
    lines = [];
    kind = pre > 0 ? 'code' : 'prose';
  };
  /** Adds text to the block that is open; a break inside it starts a new line of the same block. */
  const add = (text: string, line: number): void => {
    const last = lines.at(-1);
    if (last && last.line === line) lines[lines.length - 1] = { text: last.text + text, line };
    else lines.push({ text, line });
  };
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (++depth > deepest)
          throw new SecondpassError('invalid-argument', `nested more than ${deepest} elements deep`);
        if (unseen.has(name)) hidden++;
        else if (name === 'title' && hidden === 0) inTitle = true;
        else if (name === 'img' && hidden === 0 && attributes['alt']) add(attributes['alt'], lineAt(parser.startIndex));
        else if (name === 'td' || name === 'th') {
          if (lines.length > 0) add(' | ', lines.at(-1)!.line);
        } else if (!inline.has(name)) {
          close();
          if (name === 'pre' || name === 'textarea') pre++;
          if (/^h[1-6]$/.test(name)) level = Number(name[1]);
          kind = /^h[1-6]$/.test(name) ? 'heading' : pre > 0 ? 'code' : standsAlone.has(name) ? 'lines' : 'prose';
        }
      },
      ontext(text) {
        if (inTitle) title = `${title ?? ''}${text}`;
        if (hidden > 0 || inTitle) return;
        let line = lineAt(parser.startIndex);
        for (const [index, piece] of text.split(/\r\n|\n|\r/).entries()) {
          if (index > 0) line++;
          if (index > 0 && kind === 'code') lines.push({ text: piece, line });
          else if (piece !== '') add(piece, line);
        }
      },
      onclosetag(name) {
        depth--;
        if (unseen.has(name)) hidden = Math.max(0, hidden - 1);
        else if (name === 'title') inTitle = false;
        else if (name !== 'td' && name !== 'th' && !inline.has(name)) {
          if (name === 'pre' || name === 'textarea') {
            kind = 'code';
            pre = Math.max(0, pre - 1);
          }
          close();
        }
      },
    },
    { decodeEntities: true, lowerCaseTags: true, recognizeSelfClosing: false },
  );
  parser.write(html);
  parser.end();
  close();
  const shownTitle = title?.replace(/\s+/g, ' ').trim();
  return { ...(shownTitle && { title: shownTitle }), blocks: joinLineBlocks(blocks) };
}

/** Lines of code without the blank ones at both ends. */
function withoutEdges(lines: readonly Line[]): readonly Line[] {
  const filled = lines.map(({ text }) => text.trim() !== '');
  return lines.slice(Math.max(0, filled.indexOf(true)), filled.lastIndexOf(true) + 1);
}

/** List items and table rows that follow each other become one block of lines. */
function joinLineBlocks(blocks: readonly Block[]): Block[] {
  const joined: Block[] = [];
  let items: Line[] | undefined;
  for (const block of blocks) {
    if (block.kind !== 'lines') {
      items = undefined;
      joined.push(block);
      continue;
    }
    if (!items) joined.push({ kind: 'lines', lines: (items = []) });
    const text = block.lines.map((line) => line.text).join(' ');
    items.push({ text, line: block.lines[0]!.line, last: block.lines.at(-1)!.line });
  }
  return joined;
}

/** From a character offset to its 1-based line. */
function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}
