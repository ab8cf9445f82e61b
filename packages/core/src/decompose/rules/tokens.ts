/** A word, a quotation, a genitive ending, a placeholder or a punctuation mark, and where it stands in the text. */
export interface Token {
  readonly text: string;
  readonly lower: string;
  readonly start: number;
  readonly end: number;
}

/** Tokens `from` up to, not including, `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

// Alternatives begin with different characters and repeat one class each: no backtracking.
const pattern =
  /"[^"]*"|“[^”]*”|#\d{1,4}|['’]s(?![\p{L}\p{N}])|[\p{L}\p{N}\p{M}]+(?:[.'’&/+-](?!s(?![\p{L}\p{N}]))[\p{L}\p{N}\p{M}]+)*\.?|[^\s]/gu;

/** Splits a question into tokens. A full stop stays with its word: `Inc.`, `J.`, `v.`. */
export function tokenise(text: string): Token[] {
  return Array.from(text.matchAll(pattern), (match) => ({
    text: match[0],
    lower: match[0].toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** The text of tokens `from` up to, not including, `to`, as it was written. */
export function textOfTokens(source: string, tokens: readonly Token[], from: number, to: number): string {
  if (from >= to) return '';
  return source.slice(tokens[from]!.start, tokens[to - 1]!.end).trim();
}

/** True for what names something: a capital, a number, a quotation, a placeholder. */
export function isName(token: Token | undefined): boolean {
  return token !== undefined && /^[\p{Lu}\p{N}"“#]/u.test(token.text);
}

export function isWord(token: Token | undefined): boolean {
  return token !== undefined && /^[\p{L}\p{N}"“#]/u.test(token.text);
}
