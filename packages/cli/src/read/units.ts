import type { Block } from './block.ts';

/** What is never torn: a sentence, a list item, a line of code, or a whole block where it fits. */
export interface Unit {
  readonly text: string;
  /** 1-based lines of the file, both included. */
  readonly first: number;
  readonly last: number;
  /** What stands between it and the unit before: nothing only inside a word or sentence that had to be torn. */
  readonly glue: '' | ' ' | '\n' | '\n\n';
  readonly words: number;
}

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
// What counts as a word when passages are measured, so that the measure is close to what the text costs a model: a run
// of up to twelve letters and digits, any other sign alone, an ideograph, kana or Hangul syllable alone.
const eastern = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]`;
const word = new RegExp(String.raw`${eastern}|(?:(?!${eastern})[\p{L}\p{N}\p{M}]){1,12}|\S`, 'gu');

/** How many words a text counts for. */
export function countWords(text: string): number {
  return text.match(word)?.length ?? 0;
}

/** A block as one unit, its lines joined as its kind asks. */
export function wholeUnit(block: Block): Unit {
  const { text } = joined(block);
  const end = block.lines.at(-1)!;
  return { text, first: block.lines[0]!.line, last: end.last ?? end.line, glue: '\n\n', words: countWords(text) };
}

/** A block in pieces of at most `words` words: sentences of prose, lines of everything else. */
export function unitsOf(block: Block, words: number): Unit[] {
  const units: Unit[] = [];
  const push = (
    text: string,
    glue: ' ' | '\n',
    linesOf: (from: number, to: number) => readonly [number, number],
  ): void => {
    for (const [index, piece] of piecesOf(text.trimEnd(), words).entries()) {
      const [first, last] = linesOf(piece.at, piece.at + piece.text.trimEnd().length - 1);
      const between = units.length === 0 ? '\n\n' : index > 0 ? '' : glue;
      units.push({ text: piece.text, first, last, glue: between, words: countWords(piece.text) });
    }
  };
  if (block.kind === 'prose' || block.kind === 'heading') {
    const { text, starts } = joined(block);
    let at = 0;
    const lineAt = (offset: number): number => {
      while (at + 1 < starts.length && starts[at + 1]! <= offset) at++;
      return block.lines[at]!.line;
    };
    for (const { sentence, at: index } of sentencesOf(text)) {
      push(sentence, ' ', (from, to) => [lineAt(index + from), lineAt(index + to)]);
    }
  } else {
    for (const { text, line, last = line } of block.lines) {
      if (text.trim() !== '' || units.length > 0) push(text, '\n', () => [line, last]);
    }
  }
  return units;
}

/** The segmenter's time grows with the square of the length, so it sees this many characters at a time. */
const sentenceWindow = 2000;

/** A text cut into its sentences; one that is longer than the window is cut between words. */
function* sentencesOf(text: string): Generator<{ readonly sentence: string; readonly at: number }> {
  let at = 0;
  while (at < text.length) {
    const window = text.slice(at, at + sentenceWindow);
    const found = Array.from(sentences.segment(window), ({ segment }) => segment);
    // The last one may go on beyond the window.
    if (at + window.length < text.length && found.length > 1) found.pop();
    else if (at + window.length < text.length) {
      const end = window.lastIndexOf(' ') + 1 || text.indexOf(' ', at + window.length) + 1 - at;
      found[0] = text.slice(at, end > 0 ? at + end : undefined);
    }
    for (const sentence of found) {
      yield { sentence, at };
      at += sentence.length;
    }
  }
}

/**
 * Prose runs on: its lines are trimmed and joined by spaces. Other lines stand under each other. `starts`: where each
 * begins.
 */
function joined({ kind, lines }: Block): { readonly text: string; readonly starts: readonly number[] } {
  const runs = kind === 'prose' || kind === 'heading';
  const starts: number[] = [];
  let text = '';
  for (const [index, line] of lines.entries()) {
    if (index > 0) text += runs ? ' ' : '\n';
    starts.push(text.length);
    text += runs ? line.text.trim() : line.text.trimEnd();
  }
  return { text, starts };
}

/**
 * A text that is too long even alone, cut between words; a word that is too long is cut where it counts as a new one.
 */
function piecesOf(text: string, words: number): { readonly text: string; readonly at: number }[] {
  const pieces: { text: string; at: number }[] = [];
  let at = 0;
  let seen = 0;
  for (const match of text.matchAll(word)) {
    if (seen === words) {
      pieces.push({ text: text.slice(at, match.index), at });
      at = match.index;
      seen = 0;
    }
    seen++;
  }
  pieces.push({ text: text.slice(at), at });
  return pieces;
}
