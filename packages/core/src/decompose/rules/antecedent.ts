import type { RuleLanguage } from './language.ts';
import { isName, nameEnd } from './names.ts';
import { isWord, textOfTokens, type Token } from './tokens.ts';

/** Stands for the answer to the first of several joined questions. */
export const firstAnswer = '#0';

/**
 * What a pronoun of a later clause stands for, or `undefined` if that cannot be told:
 *   `Who was Ada Lovelace and when did she die?`      the name, as nothing but a name is asked about
 *   `Who directed Jaws and when was he born?`         the answer to the first question, as a person was asked for
 *   `When was the Colosseum built and who built it?`  the one thing that is named before
 *   `What is photosynthesis and why is it needed?`    what it is asked of what it is
 */
export function antecedent(
  source: string,
  tokens: readonly Token[],
  pronoun: number,
  before: number,
  firstEnd: number,
  language: RuleLanguage,
): string | undefined {
  const { personPronouns, personWords, auxiliaries, doAuxiliaries, prepositions } = language;
  const asksWhatItIs = auxiliaries.has(tokens[1]!.lower) && !doAuxiliaries.has(tokens[1]!.lower);
  const subject = asksWhatItIs ? textOfTokens(source, tokens, 2, firstEnd) : '';
  const spans = namesBefore(tokens, before, language);
  const [only] = spans;
  if (asksWhatItIs && only?.to === firstEnd && only.from <= 3 && spans.length === 1) return subject;
  if (personPronouns.has(tokens[pronoun]!.lower) && personWords.has(tokens[0]!.lower)) return firstAnswer;
  if (spans.length === 1) return onlyName(source, tokens, before, firstEnd, language);
  const words = tokens.slice(2, firstEnd);
  const simple = words.length <= 5 && !words.some(({ lower }) => prepositions.has(lower) || auxiliaries.has(lower));
  return spans.length === 0 && subject !== '' && simple ? subject : undefined;
}

/** What is named before, where it is one thing and not just a number; with its article. */
export function onlyName(
  source: string,
  tokens: readonly Token[],
  before: number,
  firstEnd: number,
  language: RuleLanguage,
): string | undefined {
  const [only, ...others] = namesBefore(tokens, before, language);
  if (!only || others.length > 0) return undefined;
  const from = language.articles.has(tokens[only.from - 1]!.lower) ? only.from - 1 : only.from;
  const text = textOfTokens(source, tokens, from, subjectEnd(tokens, only.to, firstEnd, language));
  return /\p{L}/u.test(text) ? text : undefined;
}

/** "does the Krebs cycle | work": what stands between a name and the bare verb of its question is part of the name. */
function subjectEnd(tokens: readonly Token[], to: number, firstEnd: number, language: RuleLanguage): number {
  if (!language.doAuxiliaries.has(tokens[1]!.lower)) return to;
  const verb = tokens.findIndex(({ lower }, at) => at >= to && at < firstEnd && language.bareVerbs.has(lower));
  const plain = tokens.slice(to, verb).every((token) => isWord(token) && !language.prepositions.has(token.lower));
  return verb > to && verb - to <= 2 && plain ? verb : to;
}

function namesBefore(
  tokens: readonly Token[],
  before: number,
  language: RuleLanguage,
): { readonly from: number; readonly to: number }[] {
  const spans: { from: number; to: number }[] = [];
  for (let at = 1; at < before; at++) {
    // "I" has a capital and names nobody.
    if (!isName(tokens[at], language) || language.pronouns.has(tokens[at]!.lower)) continue;
    const to = Math.min(nameEnd(tokens, at, language), before);
    spans.push({ from: at, to });
    at = to;
  }
  return spans;
}
