import { joinWords } from './coordination.ts';
import { textOfTokens, type Token } from './tokens.ts';

/** Tokens `from` up to, not including, `to` give way to a text; where both are the same, it is put in. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The text of tokens `from` to `to` with edits, which come in order and do not overlap. */
export function edited(
  source: string,
  tokens: readonly Token[],
  from: number,
  to: number,
  edits: readonly Edit[],
): string {
  const pieces: string[] = [];
  let at = from;
  for (const edit of edits) {
    pieces.push(textOfTokens(source, tokens, at, edit.from), edit.text);
    at = edit.to;
  }
  return joinWords([...pieces, textOfTokens(source, tokens, at, to)]);
}
