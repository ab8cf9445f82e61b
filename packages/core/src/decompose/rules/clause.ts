import type { RuleLanguage } from './language.ts';
import { textOfTokens, type Span, type Token } from './tokens.ts';

/** One of several questions joined in one sentence; what it does not say itself, the first one says. */
export interface Clause extends Span {
  readonly source: string;
  /** Of the whole sentence. */
  readonly tokens: readonly Token[];
  /** Where the first clause ends, which begins at 0. */
  readonly firstEnd: number;
  readonly language: RuleLanguage;
}

/** The text of tokens of the sentence, by default of the clause's own. */
export function textIn(clause: Clause, from: number = clause.from, to: number = clause.to): string {
  return textOfTokens(clause.source, clause.tokens, from, to);
}

/** The clause's own tokens, without the first `skip`. */
export function ownTokens({ tokens, from, to }: Clause, skip: number = 0): readonly Token[] {
  return tokens.slice(from + skip, to);
}
