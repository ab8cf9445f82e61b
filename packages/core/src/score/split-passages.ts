/** A stretch of a text: character offsets, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface SplitOptions {
  /** Words in a passage at most. A character of a script without spaces counts as a word. */
  readonly size: number;
  /** Words of the end of a passage that the next one begins with, as far as whole sentences allow. Less than `size`. */
  readonly overlap: number;
}

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const words = new RegExp(String.raw`[${unspaced}]|[^\s${unspaced}]+`, 'gu');
/** Text that is read at a time: the segmenter slows down with the square of the length. */
const longestSentence = 2_000;

/**
 * Splits a text into passages that begin and end with sentences. A sentence longer than a passage, or than 2,000
 * characters, is cut between words, and so is a word of that length between characters.
 * Every visible character is in some passage; each passage has at most `size` words; a text that fits is one passage.
 */
export function splitPassages(text: string, { size, overlap }: SplitOptions): Span[] {
  const pieces = cutSentences(text, size);
  if (pieces.length === 0) return text.length === 0 ? [] : [{ start: 0, end: text.length }];
  const passages: Span[] = [];
  let first = 0;
  while (first < pieces.length) {
    let count = 0;
    let after = first;
    while (after < pieces.length && count + pieces[after]!.words <= size) count += pieces[after++]!.words;
    passages.push({ start: pieces[first]!.start, end: pieces[after - 1]!.end });
    if (after === pieces.length) break;
    // Step back over whole sentences for the overlap, but always forward by at least one.
    let next = after;
    for (let back = 0; next - 1 > first && back + pieces[next - 1]!.words <= overlap; next--)
      back += pieces[next - 1]!.words;
    const room = pieces[after]!.words;
    while (next < after && sum(pieces, next, after) + room > size) next++;
    first = next;
  }
  return passages;
}

interface Piece extends Span {
  readonly words: number;
}

/** Sentences with at least one word, with their number of words; long ones cut between words. */
function cutSentences(text: string, size: number): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const sentence of sentencesOf(text)) {
    let piece: Piece | undefined;
    for (const { 0: word, index: at } of sentence.matchAll(words)) {
      const start = from + at;
      const end = start + word.length;
      if (piece && piece.words === size) {
        pieces.push(piece);
        piece = undefined;
      }
      piece = { start: piece?.start ?? start, end, words: (piece?.words ?? 0) + 1 };
    }
    if (piece) pieces.push(piece);
    from += sentence.length;
  }
  return pieces;
}

/** The sentences of a text, one after the other without a gap; one that is too long comes in pieces. */
function* sentencesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    const stretch = text.slice(from, from + longestSentence);
    const found = Array.from(sentences.segment(stretch), ({ segment }) => segment);
    if (from + stretch.length < text.length) {
      // The last one may go on beyond the stretch: the next stretch begins with it, or within it if it is alone.
      const last = found.pop()!;
      if (found.length === 0) found.push(last.slice(0, placeToCut(last)));
    }
    yield* found;
    from += found.reduce((total, { length }) => total + length, 0);
  }
}

/** After the last white space of a text, or else at its end, yet not within a surrogate pair. */
function placeToCut(text: string): number {
  for (let at = text.length; at > 0; at--) if (/\s/.test(text[at - 1]!)) return at;
  return /[\ud800-\udbff]$/.test(text) ? text.length - 1 : text.length;
}

function sum(pieces: readonly Piece[], from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += pieces[i]!.words;
  return total;
}
