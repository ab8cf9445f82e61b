import type { Tokenizer } from '@huggingface/tokenizers';
import type { Pair } from './pair-tokenizer.ts';

/**
 * What stands around and between the two texts of a pair, `[CLS] A [SEP] B [SEP]` or `<s> A </s></s> B </s>`, or around
 * one text alone, `[CLS] A [SEP]`: then there is no second.
 */
export interface PairFrame {
  /** Tokens that are not text. */
  readonly overhead: number;
  assemble(first: ArrayLike<number>, firstLength: number, second: ArrayLike<number>, secondLength: number): Pair;
}

type Piece =
  | { readonly text: 'first' | 'second'; readonly type: number }
  | { readonly id: number; readonly type: number };

/** What is read of a post-processor, or of one inside a sequence of them. */
interface PostProcessor {
  readonly config?: { readonly type?: string };
  readonly processors?: readonly PostProcessor[];
}

type PostProcessed = { readonly tokens: readonly string[]; readonly token_type_ids?: readonly number[] };

const first = '\u0000first';
const second = '\u0000second';

/**
 * Reads the frame off the tokenizer's own post-processor by giving it one mark for each text, so every template that it
 * can express is followed. A post-processor that does not join pairs (byte-level ones) puts the texts side by side.
 */
export function pairFrame(tokenizer: Tokenizer): PairFrame {
  return frameOf(templateOf(tokenizer));
}

/** The frame of one text alone, read off the post-processor in the same way. */
export function singleFrame(tokenizer: Tokenizer): PairFrame {
  return frameOf(templateOf(tokenizer, 1));
}

/** The frame of a prompt: its own words before and after the two texts, which stand side by side. */
export function promptFrame(before: readonly number[], after: readonly number[]): PairFrame {
  const said = (id: number): Piece => ({ id, type: 0 });
  return frameOf([...before.map(said), { text: 'first', type: 0 }, { text: 'second', type: 0 }, ...after.map(said)]);
}

function templateOf(tokenizer: Tokenizer, texts: 1 | 2 = 2): Piece[] {
  const marks = texts === 2 ? [first, second] : [first];
  const processed: PostProcessed | undefined = tokenizer.post_processor?.post_process(
    [first],
    texts === 2 ? [second] : null,
    true,
  );
  const typed = isRoberta(tokenizer.post_processor as PostProcessor | null) ? undefined : processed?.token_type_ids;
  const joined = processed?.tokens.includes(marks.at(-1)!) ? processed.tokens : marks;
  return joined.map((token, index): Piece => {
    const type = typed?.[index] ?? 0;
    if (token === first) return { text: 'first', type };
    if (token === second) return { text: 'second', type };
    const id = tokenizer.token_to_id(token);
    if (id === undefined) throw new Error(`its post-processor adds "${token}", which is not in its vocabulary`);
    return { id, type };
  });
}

/** RoBERTa's post-processor gives both texts type 0; the library's gives the second type 1. */
function isRoberta(processor: PostProcessor | null): boolean {
  return processor?.config?.type === 'RobertaProcessing' || (processor?.processors ?? []).some(isRoberta);
}

function frameOf(pieces: readonly Piece[]): PairFrame {
  const overhead = pieces.filter((piece) => 'id' in piece).length;
  return {
    overhead,
    assemble(a, firstLength, b, secondLength) {
      const length = overhead + firstLength + secondLength;
      const memory = new ArrayBuffer(5 * length);
      const ids = new Int32Array(memory, 0, length);
      const types = new Uint8Array(memory, 4 * length);
      let at = 0;
      for (const piece of pieces) {
        const start = at;
        if ('id' in piece) ids[at++] = piece.id;
        else {
          const [text, count] = piece.text === 'first' ? [a, firstLength] : [b, secondLength];
          for (let i = 0; i < count; i++) ids[at++] = text[i]!;
        }
        if (piece.type !== 0) types.fill(piece.type, start, at);
      }
      return { ids, types };
    },
  };
}
