import { textIn, type Clause } from './clause.ts';
import { isName, nameEnd } from './names.ts';
import { thingMeant } from './thing-asked-about.ts';
import { isWord, type Span } from './tokens.ts';

/** Stands for the answer to the first of several joined questions. */
export const firstAnswer = '#0';

/**
 * What a pronoun of a later clause stands for, or `undefined` if that cannot be told:
 *   `Who was Ada Lovelace and when did she die?`      the name, as nothing but a name is asked about
 *   `Who directed Jaws and when was he born?`         the answer to the first question, as a person was asked for
 *   `When was the Colosseum built and who built it?`  the one thing that is named before
 *   `Who wrote the report, and when was it changed?`  the one thing, if nothing is named
 */
export function antecedent(clause: Clause, pronoun: number): string | undefined {
  const { tokens, firstEnd, language } = clause;
  const { personPronouns, personWords, auxiliaries, doAuxiliaries } = language;
  const asksWhatItIs = auxiliaries.has(tokens[1]!.lower) && !doAuxiliaries.has(tokens[1]!.lower);
  const subject = asksWhatItIs ? textIn(clause, 2, firstEnd) : '';
  const spans = namesBefore(clause);
  const [only] = spans;
  if (asksWhatItIs && only?.to === firstEnd && only.from <= 3 && spans.length === 1) return subject;
  if (personPronouns.has(tokens[pronoun]!.lower) && personWords.has(tokens[0]!.lower)) return firstAnswer;
  if (spans.length === 1) {
    const certain = personPronouns.has(tokens[pronoun]!.lower) || !standsBesideThing(clause, only!);
    return certain ? onlyName(clause) : undefined;
  }
  return spans.length === 0 ? thingMeant(clause, pronoun) : undefined;
}

/** "the report for | Anna", "(did) | Google | buy the company": an "it" may be the other. Not "the capital of | France". */
function standsBesideThing({ tokens, firstEnd, language }: Clause, name: Span): boolean {
  const { articles, prepositions, ofWords } = language;
  return tokens.some(({ lower }, at) => {
    if (at >= firstEnd || !articles.has(lower) || (at >= name.from && at < name.to)) return false;
    if (at > name.from) return true;
    const between = tokens.slice(at + 1, name.from);
    return between.some((token) => prepositions.has(token.lower) && !ofWords.has(token.lower));
  });
}

/** What is named before, where it is one thing and not just a number; with its article. */
export function onlyName(clause: Clause): string | undefined {
  const { tokens, language } = clause;
  const [only, ...others] = namesBefore(clause);
  if (!only || others.length > 0) return undefined;
  const from = language.articles.has(tokens[only.from - 1]!.lower) ? only.from - 1 : only.from;
  const text = textIn(clause, from, subjectEnd(clause, only.to));
  return /\p{L}/u.test(text) ? text : undefined;
}

/** "does the Krebs cycle | work": what stands between a name and the bare verb of its question is part of the name. */
function subjectEnd({ tokens, firstEnd, language }: Clause, to: number): number {
  if (!language.doAuxiliaries.has(tokens[1]!.lower)) return to;
  const verb = tokens.findIndex(({ lower }, at) => at >= to && at < firstEnd && language.bareVerbs.has(lower));
  const plain = tokens.slice(to, verb).every((token) => isWord(token) && !language.prepositions.has(token.lower));
  return verb > to && verb - to <= 2 && plain ? verb : to;
}

function namesBefore({ tokens, from, language }: Clause): Span[] {
  const spans: Span[] = [];
  for (let at = 1; at < from; at++) {
    // "I" has a capital and names nobody.
    if (!isName(tokens[at], language) || language.pronouns.has(tokens[at]!.lower)) continue;
    // "…? And when"
    if (tokens[at - 1]!.text === '?' && language.and.has(tokens[at]!.lower)) continue;
    const to = Math.min(nameEnd(tokens, at, language), from);
    spans.push({ from: at, to });
    at = to;
  }
  return spans;
}
