import { joinWords } from './coordination.ts';
import { textIn, type Clause } from './clause.ts';
import type { Span } from './tokens.ts';

/** Tokens give way to a text; where there are none of them, it is put in. */
export interface Edit extends Span {
  readonly text: string;
}

/** The text of a clause with edits, which come in order and do not overlap. */
export function edited(clause: Clause, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let at = clause.from;
  for (const edit of edits) {
    pieces.push(textIn(clause, at, edit.from), edit.text);
    at = edit.to;
  }
  return joinWords([...pieces, textIn(clause, at)]);
}
