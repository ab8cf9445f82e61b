import type { Parsed } from './block.ts';
import { type Unit, unitsOf, wholeUnit } from './units.ts';

/** A piece of a document, of a size that a reranker reads in one go. */
export interface Passage {
  /**
   * Headings above it, outermost first; the document's own title comes first. The passage's text does not repeat them.
   * Of one that is longer than 300 characters, its beginning.
   */
  readonly headings: readonly string[];
  readonly text: string;
  /** The heading it begins with, if it does. */
  readonly heading?: string;
  /** 1-based, both included. */
  readonly firstLine: number;
  readonly lastLine: number;
}

/**
 * Cuts a document into passages of at most `words` words, in order, without overlap and without losing text. A heading
 * starts a new passage unless the one before it is still tiny; longer sections are cut between blocks where that leaves
 * passages at least half full, else between sentences, list items or lines; a code block that fits stays whole.
 * @param words as `countWords` counts. A word costs 1.17 word pieces of documentation and code, one passage in a
 *   hundred 1.45, and headings come before: so 170 is what the embedded model, which reads 256, nearly always reads to
 *   the end
 */
export function split({ title, blocks }: Parsed, words: number = 170): Passage[] {
  const first = title === undefined ? undefined : beginningOf(title);
  const passages: Passage[] = [];
  const path: { level: number; text: string }[] = [];
  let context: readonly string[] = [];
  let units: Unit[] = [];
  let size = 0;
  /** Level of the heading that the open passage begins with; 0 if it begins with text. */
  let openedAt = 0;

  const headingsAbove = (): string[] => {
    const texts = path.map(({ text }) => text);
    return first !== undefined && texts[0] !== first ? [first, ...texts] : texts;
  };
  const close = (): void => {
    while (units.at(-1)?.text === '') units.pop();
    if (units.length > 0) {
      const text = units.map((unit, index) => (index === 0 ? unit.text : unit.glue + unit.text)).join('');
      const headings = context.at(-1) === beginningOf(units[0]!.text) ? context.slice(0, -1) : context;
      const heading = openedAt > 0 ? { heading: units[0]!.text } : {};
      passages.push({ headings, ...heading, text, firstLine: units[0]!.first, lastLine: units.at(-1)!.last });
    }
    units = [];
    size = 0;
    openedAt = 0;
  };
  const add = (unit: Unit): void => {
    if (size + unit.words > words) close();
    // Blank lines of code count inside a passage, not at its edges.
    if (units.length === 0 && unit.text === '') return;
    if (units.length === 0) context = headingsAbove();
    units.push(unit);
    size += unit.words;
  };

  for (const block of blocks) {
    const whole = wholeUnit(block);
    if (block.kind === 'heading') {
      const level = block.level ?? 1;
      // A heading below which next to nothing stands keeps its first child sections with it.
      if (size >= words / 5 || level < openedAt) close();
      while (path.length > 0 && path.at(-1)!.level >= level) path.pop();
      if (units.length === 0) openedAt = level;
      for (const unit of whole.words > words ? unitsOf(block, words) : [whole]) add(unit);
      path.push({ level, text: beginningOf(whole.text) });
    } else if (size + whole.words <= words) {
      add(whole);
    } else {
      if (size >= words / 2) close();
      const fits = whole.words <= words && (size === 0 || block.kind === 'code');
      for (const unit of fits ? [whole] : unitsOf(block, words)) add(unit);
    }
  }
  close();
  return passages;
}

/** Characters of a heading that are repeated above passages. Without a bound, a long one would be multiplied by them. */
const longestHeading = 300;

function beginningOf(heading: string): string {
  if (heading.length <= longestHeading) return heading;
  const end = heading.lastIndexOf(' ', longestHeading - 1);
  const cut = heading.slice(0, end > 0 ? end : longestHeading - 1);
  return `${cut.replace(/[\ud800-\udbff]$/, '')}…`;
}
