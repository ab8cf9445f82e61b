import { askingWord, nounPhraseStart } from './description-bounds.ts';
import type { Description } from './descriptions.ts';
import type { RuleLanguage } from './language.ts';
import { isName } from './names.ts';
import { textOfTokens, type Token } from './tokens.ts';

/**
 * A statement whose last clause asks: `Daddy worked for a man who died in what year?` What the statement says finds the
 * thing (`Daddy worked for which man?`), and the clause is asked of it (`#1 died in what year?`). Only of one certain
 * thing that is not named yet: `a man`, and with a name before it.
 */
export function askedOfLast(
  source: string,
  tokens: readonly Token[],
  at: number,
  language: RuleLanguage,
): Description | undefined {
  const { relativePronouns, articles, definite, questionWords, auxiliaries, prepositions, templates } = language;
  const [first] = tokens;
  if (!relativePronouns.has(tokens[at]!.lower) || questionWords.has(first!.lower) || auxiliaries.has(first!.lower))
    return undefined;
  const asking = askingWord(tokens, language);
  if (asking < at + 2 || prepositions.has(tokens[at - 1]!.lower)) return undefined;
  const nounEnd = tokens[at - 1]!.text === ',' ? at - 1 : at;
  const from = nounPhraseStart(tokens, nounEnd, language);
  if (from === undefined || from < 2 || nounEnd - from < 2) return undefined;
  const article = tokens[from]!.lower;
  if (!articles.has(article) || definite.has(article)) return undefined;
  if (!tokens.slice(0, from).some((token) => isName(token, language))) return undefined;
  const question = templates.whichObject
    .replace('{noun}', () => textOfTokens(source, tokens, from + 1, nounEnd))
    .replace('{clause}', () => textOfTokens(source, tokens, 0, from));
  return { from: 0, to: at + 1, question };
}
