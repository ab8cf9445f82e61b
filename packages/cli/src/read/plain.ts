import { type Block, type Line, linesOf, type Parsed } from './block.ts';

const listItem = /^\s*(?:[-*+•‣]|\d{1,3}[.)])\s+\S/;

/** Plain text: paragraphs between blank lines; a paragraph that holds list items keeps its lines apart. */
export function parsePlain(text: string): Parsed {
  const blocks: Block[] = [];
  let paragraph: Line[] = [];
  const close = (): void => {
    if (paragraph.length > 0) {
      const list = paragraph.some(({ text: line }) => listItem.test(line));
      blocks.push({ kind: list ? 'lines' : 'prose', lines: paragraph });
    }
    paragraph = [];
  };
  for (const line of linesOf(text)) {
    if (line.text.trim() === '') close();
    else paragraph.push(line);
  }
  close();
  return { blocks };
}
