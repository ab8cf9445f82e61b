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
export function textIn({ source, tokens, ...clause }: Clause, from = clause.from, to = clause.to): string {
  return textOfTokens(source, tokens, from, to);
}

/** The clause's own tokens, without the first `skip`. */
export function ownTokens({ tokens, from, to }: Clause, skip = 0): readonly Token[] {
  return tokens.slice(from + skip, to);
}
