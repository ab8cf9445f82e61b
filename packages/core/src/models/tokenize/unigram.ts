/** The `model` entry of a tokenizer.json whose type is `Unigram`. */
export interface UnigramConfig {
  /** Pieces and their scores, by id. */
  readonly vocab: readonly (readonly [string, number])[];
  readonly unk_id?: number | null;
  readonly byte_fallback?: boolean;
}

/** A tree of pieces by their characters, as @huggingface/tokenizers builds it. */
export interface PieceNode {
  readonly is_leaf: boolean;
  readonly children: ReadonlyMap<string, PieceNode>;
}

/** How much less likely than the least likely piece an unknown character is, as in the reference. */
const unknownPenalty = 10;

/**
 * The pieces of SentencePiece's Unigram model: of all ways to cut a word into pieces the one with the highest sum of
 * scores. Of equal ways the first that is found stays, as in the reference. Neighbouring unknown characters are one
 * unknown piece, or the bytes of it where the model has a piece for each.
 *
 * The encoder of @huggingface/tokenizers 0.2.0 overflows the stack on long words, takes more than a second for 100,000
 * characters, knows no bytes, and joins unknown pieces across words.
 *
 * @throws Error if the model has no unknown piece
 */
export function unigram(config: UnigramConfig, root: PieceNode): (words: readonly string[]) => string[] {
  const { vocab } = config;
  const unknownId = config.unk_id ?? -1;
  const unknown = vocab[unknownId]?.[0];
  if (unknown === undefined) throw new Error('its Unigram model has no unknown piece (unk_id)');
  const scores = new Map(vocab);
  const unknownScore = vocab.reduce((least, [, score]) => Math.min(least, score), Infinity) - unknownPenalty;

  /** For every place in a word where a piece may end: where the best last piece begins, or -1. */
  const bestStarts = (word: string): { readonly starts: Int32Array; readonly unknowns: Uint8Array } => {
    const starts = new Int32Array(word.length + 1).fill(-1);
    const unknowns = new Uint8Array(word.length + 1);
    const sums = new Float64Array(word.length + 1);
    const offer = (start: number, end: number, score: number, isUnknown: boolean): void => {
      const sum = score + sums[start]!;
      if (starts[end] !== -1 && sum <= sums[end]!) return;
      starts[end] = start;
      sums[end] = sum;
      unknowns[end] = isUnknown ? 1 : 0;
    };
    for (let start = 0; start < word.length; start = nextCharacter(word, start)) {
      const single = nextCharacter(word, start);
      let isKnown = false;
      let node = root.children.get(word.slice(start, single));
      for (let end = single; node;) {
        if (node.is_leaf) {
          const piece = word.slice(start, end);
          offer(start, end, scores.get(piece)!, piece === unknown);
          isKnown ||= end === single;
        }
        if (end >= word.length) break;
        const next = nextCharacter(word, end);
        node = node.children.get(word.slice(end, next));
        end = next;
      }
      if (!isKnown) offer(start, single, unknownScore, true);
    }
    return { starts, unknowns };
  };

  const piecesOf = (word: string): string[] => {
    const { starts, unknowns } = bestStarts(word);
    const pieces: string[] = [];
    for (let end = word.length; end > 0;) {
      let start = starts[end]!;
      if (unknowns[end]) while (start > 0 && unknowns[start]) start = starts[start]!;
      pieces.push(word.slice(start, end));
      end = start;
    }
    return pieces.reverse();
  };

  /** The piece itself, its bytes, or the unknown piece. */
  const known = (piece: string): readonly string[] => {
    if (scores.has(piece)) return [piece];
    const bytes = config.byte_fallback ? byteNames(piece) : [];
    return bytes.length > 0 && bytes.every((byte) => scores.has(byte)) ? bytes : [unknown];
  };

  return (words) => words.flatMap((word) => piecesOf(word).flatMap(known));
}

/** `<0xE9>` and the like, one for each byte of UTF-8. */
function byteNames(text: string): string[] {
  return Array.from(Buffer.from(text, 'utf8'), (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
}

function nextCharacter(text: string, at: number): number {
  return at + (text.codePointAt(at)! > 0xffff ? 2 : 1);
}
