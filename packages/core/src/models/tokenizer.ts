import { Tokenizer } from '@huggingface/tokenizers';
import { longestFirst } from './longest-first.ts';
import { pairFrame, type Pair } from './pair-frame.ts';
import { repairTokenizer } from './tokenizer-repairs.ts';

/** One text as token ids, without special tokens. */
export interface Tokens {
  readonly ids: Int32Array;
  /** False if the text was so long that only its beginning was read. */
  readonly complete: boolean;
}

/** Turns texts into token ids, and two texts into one pair of at most `maxLength` tokens. */
export interface PairTokenizer {
  /**
   * Of a text that is too long for any pair only the beginning is read, yet more than `beyond` tokens of it: the number
   * of tokens of the query that it will be paired with, since the longer of two texts gives way. `Infinity` reads all.
   */
  encode(text: string, beyond?: number): Tokens;
  /** `truncated`: tokens of either text were left out. */
  pair(first: Tokens, second: Tokens): { readonly pair: Pair; readonly truncated: boolean };
}

export interface TokenizerFiles {
  /** Content of tokenizer.json. */
  readonly tokenizer: Readonly<Record<string, unknown>>;
  /** Content of tokenizer_config.json. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Characters per allowed token that are read at first from a long text. */
const charactersPerToken = 8;
/** Tokens at a cut that may differ from those of the whole text. */
const slack = 16;

/**
 * @param maxLength tokens of a pair, special tokens included
 * @throws Error if the files do not describe a tokenizer that can be run here
 */
export function pairTokenizer(files: TokenizerFiles, maxLength: number): PairTokenizer {
  const tokenizer = new Tokenizer(files.tokenizer, files.config);
  repairTokenizer(tokenizer, files.tokenizer);
  const frame = pairFrame(tokenizer);
  const room = maxLength - frame.overhead;
  if (room < 2)
    throw new Error(`a maximum length of ${maxLength} leaves no room beside ${frame.overhead} special tokens`);
  const fromLeft = files.config['truncation_side'] === 'left';
  const encodeAll = (text: string): Int32Array =>
    Int32Array.from(tokenizer.encode(text, { add_special_tokens: false }).ids);

  return {
    encode(raw, beyond = 0) {
      const text = wellFormed(raw);
      let length = maxLength * charactersPerToken;
      if (!fromLeft && beyond < Infinity) {
        for (; length < text.length; length *= 2) {
          const cut = lastSpace(text, length);
          if (cut === 0) continue;
          const ids = encodeAll(text.slice(0, cut));
          if (ids.length > Math.max(maxLength, beyond) + slack)
            return { ids: ids.subarray(0, -slack), complete: false };
        }
      }
      return { ids: encodeAll(text), complete: true };
    },
    pair(first, second) {
      const keep = longestFirst(first.ids.length, second.ids.length, room);
      const truncated =
        !(first.complete && second.complete) || keep.first + keep.second < first.ids.length + second.ids.length;
      const [a, b] = fromLeft
        ? [first.ids.subarray(first.ids.length - keep.first), second.ids.subarray(second.ids.length - keep.second)]
        : [first.ids, second.ids];
      return { pair: frame.assemble(a, keep.first, b, keep.second), truncated };
    },
  };
}

/** Half a surrogate pair is no character; it becomes U+FFFD, as in every Unicode decoder. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}

/** Where the last single space before `end` stands; 0 if there is none. Words are tokenised alike with and without what follows. */
function lastSpace(text: string, end: number): number {
  const at = text.lastIndexOf(' ', end);
  return at > end / 2 && text[at - 1] !== ' ' && text[at + 1] !== ' ' ? at : 0;
}
