import type { RuleLanguage } from './language.ts';
import { isName, nameEnd } from './names.ts';
import { thingMeant } from './thing-asked-about.ts';
import { isWord, textOfTokens, type Token } from './tokens.ts';

/** Stands for the answer to the first of several joined questions. */
export const firstAnswer = '#0';

/**
 * What a pronoun of a later clause stands for, or `undefined` if that cannot be told:
 *   `Who was Ada Lovelace and when did she die?`      the name, as nothing but a name is asked about
 *   `Who directed Jaws and when was he born?`         the answer to the first question, as a person was asked for
 *   `When was the Colosseum built and who built it?`  the one thing that is named before
 *   `Who wrote the report, and when was it changed?`  the one thing, if nothing is named
 */
export function antecedent(
  source: string,
  tokens: readonly Token[],
  pronoun: number,
  before: number,
  to: number,
  firstEnd: number,
  language: RuleLanguage,
): string | undefined {
  const { personPronouns, personWords, auxiliaries, doAuxiliaries } = language;
  const asksWhatItIs = auxiliaries.has(tokens[1]!.lower) && !doAuxiliaries.has(tokens[1]!.lower);
  const subject = asksWhatItIs ? textOfTokens(source, tokens, 2, firstEnd) : '';
  const spans = namesBefore(tokens, before, language);
  const [only] = spans;
  if (asksWhatItIs && only?.to === firstEnd && only.from <= 3 && spans.length === 1) return subject;
  if (personPronouns.has(tokens[pronoun]!.lower) && personWords.has(tokens[0]!.lower)) return firstAnswer;
  if (spans.length === 1) {
    const certain = personPronouns.has(tokens[pronoun]!.lower) || !standsBesideThing(tokens, only!, firstEnd, language);
    return certain ? onlyName(source, tokens, before, firstEnd, language) : undefined;
  }
  return spans.length === 0 ? thingMeant(source, tokens, pronoun, before, to, firstEnd, language) : undefined;
}

/** "the report for | Anna", "(did) | Google | buy the company": an "it" may be the other. Not "the capital of | France". */
function standsBesideThing(
  tokens: readonly Token[],
  name: { readonly from: number; readonly to: number },
  firstEnd: number,
  { articles, prepositions, ofWords }: RuleLanguage,
): boolean {
  return tokens.some(({ lower }, at) => {
    if (at >= firstEnd || !articles.has(lower) || (at >= name.from && at < name.to)) return false;
    if (at > name.from) return true;
    const between = tokens.slice(at + 1, name.from);
    return between.some((token) => prepositions.has(token.lower) && !ofWords.has(token.lower));
  });
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
    // "…? And when"
    if (tokens[at - 1]!.text === '?' && language.and.has(tokens[at]!.lower)) continue;
    const to = Math.min(nameEnd(tokens, at, language), before);
    spans.push({ from: at, to });
    at = to;
  }
  return spans;
}
