import type { RuleLanguage } from './language.ts';
import { isName, nameEnd } from './names.ts';
import { textOfTokens, type Token } from './tokens.ts';

/**
 * Questions joined into one: `When was X built and who designed it?`, `Was X a painter, while Y was a director?`, and
 * several questions in a row. A pronoun that begins to make sense only with the clause before it is replaced by the one
 * thing that clause names.
 */
export function splitClauses(source: string, tokens: readonly Token[], language: RuleLanguage): string[] {
  const cuts: { readonly end: number; readonly next: number }[] = [];
  for (let at = 3; at < tokens.length - 2; at++) {
    const { text, lower } = tokens[at]!;
    const next = tokens[at + 1]!.lower;
    const asks = language.questionWords.has(next) && asksOnItsOwn(tokens.slice(at + 2), language);
    if (text === '?' && language.questionWords.has(next)) cuts.push({ end: at, next: at + 1 });
    else if (
      (language.and.has(lower) || language.clauseJoiners.has(lower)) &&
      asks &&
      beginsAsQuestion(tokens, language)
    ) {
      cuts.push({ end: tokens[at - 1]!.text === ',' ? at - 1 : at, next: at + 1 });
    } else if (
      language.clauseJoiners.has(lower) &&
      tokens[at - 1]!.text === ',' &&
      language.auxiliaries.has(tokens[0]!.lower)
    ) {
      cuts.push({ end: at - 1, next: at + 1 });
    }
  }
  if (cuts.length === 0) return [];
  const clauses: string[] = [];
  let from = 0;
  for (const { end, next } of [...cuts, { end: tokens.length, next: tokens.length }]) {
    if (end - from < 2) return [];
    clauses.push(`${withName(source, tokens, from, end, language)}?`);
    from = next;
  }
  return clauses;
}

/** "who designed it", "when did he die", and not the second half of a relative clause, "(who wrote X) and who died in Y". */
function asksOnItsOwn(tokens: readonly Token[], { auxiliaries, objectPronouns, articles }: RuleLanguage): boolean {
  const [first] = tokens;
  return (
    auxiliaries.has(first?.lower ?? '') || tokens.some(({ lower }) => objectPronouns.has(lower) || articles.has(lower))
  );
}

function beginsAsQuestion(
  tokens: readonly Token[],
  { questionWords, auxiliaries, prepositions }: RuleLanguage,
): boolean {
  const [first, second] = [tokens[0]!.lower, tokens[1]!.lower];
  return questionWords.has(first) || auxiliaries.has(first) || (prepositions.has(first) && questionWords.has(second));
}

/** The clause, its first pronoun replaced by the only thing named before it, if there is exactly one. */
function withName(source: string, tokens: readonly Token[], from: number, to: number, language: RuleLanguage): string {
  const clause = textOfTokens(source, tokens, from, to);
  if (from === 0) return clause;
  const pronoun = tokens.findIndex((token, at) => at > from && at < to && language.objectPronouns.has(token.lower));
  if (pronoun < 0) return clause;
  const names: string[] = [];
  for (let at = 1; at < from; at++) {
    if (!isName(tokens[at], language)) continue;
    const end = nameEnd(tokens, at, language);
    names.push(textOfTokens(source, tokens, at, end));
    at = end;
  }
  if (names.length !== 1 || !/\p{L}/u.test(names[0]!)) return clause;
  return [textOfTokens(source, tokens, from, pronoun), names[0]!, textOfTokens(source, tokens, pronoun + 1, to)]
    .filter((part) => part !== '')
    .join(' ');
}
