// Types alone: what is published of the models names them, and not the library that tokenizes.
/** Token ids of one pair as the model reads them, and which text each belongs to (`token_type_ids`). */
export interface Pair {
  readonly ids: Int32Array;
  readonly types: Uint8Array;
}

/** One text as token ids, without special tokens. */
export interface Tokens {
  readonly ids: readonly number[];
  /** False if the text was so long that only its beginning was read. */
  readonly complete: boolean;
}

/** Turns texts into token ids, and two texts into one pair of at most `maxLength` tokens. */
export interface PairTokenizer {
  /** Token ids of the prompt's answers, where there is a prompt and its answers are tokens. */
  readonly answers: readonly number[] | undefined;
  /**
   * Token ids of a query. Of a very long one only the beginning is read, somewhat more than twice `maxLength` tokens. A
   * text that goes on beyond that counts as the longer of the two, whether it is or not, which decides on one token.
   */
  query(text: string): Tokens;
  /**
   * Of a text that is too long for any pair only the beginning is read, yet more than `beyond` tokens of it: the number
   * of tokens of the query that it will be paired with, since the longer of two texts gives way. `Infinity` reads all.
   */
  encode(text: string, beyond?: number): Tokens;
  /** `truncated`: tokens of either text were left out. */
  pair(first: Tokens, second: Tokens): { readonly pair: Pair; readonly truncated: boolean };
  /** A text alone, of at most `most` tokens, special tokens included, and never more than `maxLength`. */
  single(text: string, most: number): { readonly pair: Pair; readonly truncated: boolean };
}
