/** One line of a document's text, with its 1-based line number in the file it came from. */
export interface Line {
  readonly text: string;
  readonly line: number;
  /** The line of the file where it ends, if that is another: a list item of HTML may run over several. */
  readonly last?: number;
}

/**
 * What a document is made of, whatever its format.
 *   heading  its lines are the title, `level` its depth (1 is the top)
 *   prose    lines that run on: they may be joined by spaces and cut between sentences
 *   lines    lines that stand alone (list items, table rows): cut only between lines
 *   code     as `lines`, and worth keeping whole
 */
export interface Block {
  readonly kind: 'heading' | 'prose' | 'lines' | 'code';
  readonly level?: number;
  readonly lines: readonly Line[];
}

/** A document as blocks, and the title it gives itself, if any. */
export interface Parsed {
  readonly title?: string;
  readonly blocks: readonly Block[];
}

/** The lines of a text, whichever line ends it uses (LF, CRLF, CR). Numbers start at `first`. */
export function linesOf(text: string, first: number = 1): Line[] {
  return text.split(/\r\n|\n|\r/).map((line, index) => ({ text: line, line: first + index }));
}
