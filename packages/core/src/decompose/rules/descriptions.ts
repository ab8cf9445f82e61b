import { askingWord, descriptionEnd, nounPhraseStart, startsWithSubject } from './description-bounds.ts';
import type { RuleLanguage } from './language.ts';
import { isName, nameStart } from './names.ts';
import { textOfTokens, type Token } from './tokens.ts';
import { isVerb } from './verbs.ts';

/** A description standing for a thing that must be found first, and the question that finds it. */
export interface Description {
  readonly from: number;
  readonly to: number;
  readonly question: string;
}

/** `the actress who played X`, `the county where X is located`, `the party in which X held a position` */
export function relativeClause(
  source: string,
  tokens: readonly Token[],
  at: number,
  language: RuleLanguage,
): Description | undefined {
  const { relativePronouns, governedRelatives, prepositions, placeRelatives, timeRelatives, templates } = language;
  if (!relativePronouns.has(tokens[at]!.lower) || at === askingWord(tokens, language)) return undefined;
  // "the report and which": a second question, or a second clause of an earlier noun
  if (language.and.has(tokens[at - 1]?.lower ?? '')) return undefined;
  const governed = prepositions.has(tokens[at - 1]?.lower ?? '');
  if (governed && !governedRelatives.has(tokens[at]!.lower)) return undefined;
  const nounEnd = governed ? at - 1 : tokens[at - 1]?.text === ',' ? at - 1 : at;
  const nounFrom = nounPhraseStart(tokens, nounEnd, language);
  if (nounFrom === undefined || nounEnd - nounFrom < 2) return undefined;
  if (timeRelatives.has(tokens[at]!.lower) && !language.timeNouns.has(tokens[nounEnd - 1]!.lower)) return undefined;
  const to = descriptionEnd(tokens, nounFrom, at + 1, language);
  if (to - at < 2) return undefined;
  const noun = textOfTokens(source, tokens, nounFrom + 1, nounEnd);
  const clause = textOfTokens(source, tokens, at + 1, to);
  const preposition = governed ? tokens[at - 1]!.text : '';
  let template = templates.whichSubject;
  if (governed) template = `{clause} ${preposition} ${templates.whichObject.replace('{clause} ', '')}`;
  else if (placeRelatives.has(tokens[at]!.lower)) template = templates.whichPlace;
  else if (timeRelatives.has(tokens[at]!.lower)) template = templates.whichTime;
  else if (startsWithSubject(tokens[at + 1]!, language)) template = templates.whichObject;
  return { from: nounFrom, to, question: filled(template, noun, clause) };
}

/** `the province containing X`, `the film directed by X`, `the person X was named after` */
export function reducedClause(
  source: string,
  tokens: readonly Token[],
  at: number,
  language: RuleLanguage,
): Description | undefined {
  const { participles, prepositions, templates, auxiliaries } = language;
  const token = tokens[at]!;
  if (participles.has(token.lower)) {
    const from = nounPhraseStart(tokens, at, language);
    if (from === undefined || at - from < 2 || at + 1 >= tokens.length) return undefined;
    // "a score composed by X" is none in particular, and in "Song of the South produced by" nothing is described.
    if (!language.definite.has(tokens[from]!.lower) || isName(tokens[at - 1], language)) return undefined;
    const to = descriptionEnd(tokens, from, at + 1, language);
    if (to - at < 2) return undefined;
    const question = filled(
      templates.whichSubject,
      textOfTokens(source, tokens, from + 1, at),
      textOfTokens(source, tokens, at, to),
    );
    return { from, to, question };
  }
  // "the person X was named after": no pronoun at all, so only with its preposition left hanging at the end.
  if (!isName(token, language) || !prepositions.has(tokens.at(-1)!.lower) || isName(tokens[at - 1], language))
    return undefined;
  const from = nounPhraseStart(tokens, at, language);
  if (from === undefined || at - from < 2) return undefined;
  if (!tokens.slice(at).some(({ lower }) => auxiliaries.has(lower))) return undefined;
  const question = filled(
    templates.whichObject,
    textOfTokens(source, tokens, from + 1, at),
    textOfTokens(source, tokens, at, tokens.length),
  );
  return { from, to: tokens.length, question };
}

/** `the author of X`: a noun of relation, what it belongs to, and something more that is asked of it. */
export function relationOf(
  source: string,
  tokens: readonly Token[],
  at: number,
  language: RuleLanguage,
): Description | undefined {
  const { ofWords, personNouns, ofNouns } = language;
  const noun = tokens[at - 1]!.lower;
  if (!ofWords.has(tokens[at]!.lower) || !(personNouns.has(noun) || ofNouns.has(noun))) return undefined;
  // "the King of Poland": a title, not a thing to be found first.
  if (isName(tokens[at - 1], language)) return undefined;
  const from = nounPhraseStart(tokens, at, language);
  if (from === undefined || at + 1 >= tokens.length) return undefined;
  let to = descriptionEnd(tokens, from, at + 1, language);
  // A verb is no part of what the noun belongs to: "(the city where) the author of X | lived".
  const verb = tokens.findIndex((token, index) => index > at + 1 && index < to && isVerb(token.text, language));
  if (verb > 0) to = verb;
  // "the author of X who met Y": whom the clause describes cannot be told. A title has capitals.
  const opens = ({ text }: Token): boolean => language.relativePronouns.has(text);
  if (tokens.slice(at + 2, to).some(opens)) return undefined;
  if (to - at < 2) return undefined;
  const whole = `${tokens[from]!.lower} ${textOfTokens(source, tokens, from + 1, to)}`;
  return { from, to, question: whoIs(whole, noun, language) };
}

/** `X's husband` */
export function genitive(
  source: string,
  tokens: readonly Token[],
  at: number,
  language: RuleLanguage,
): Description | undefined {
  const noun = tokens[at]!.lower;
  if (!(language.personNouns.has(noun) || language.thingNouns.has(noun)) || !/^['’]s$/.test(tokens[at - 1]!.text))
    return undefined;
  const from = nameStart(tokens, at - 1, language);
  if (from >= at - 1) return undefined;
  // "Edward Baring, 1st Baron Revelstoke's father"
  const comma = tokens[from - 1]?.text === ',' ? nameStart(tokens, from - 1, language) : from - 1;
  const start = comma < from - 1 && comma > 0 ? comma : Math.max(from, isQuestionOpening(tokens[0]!, language) ? 1 : 0);
  // "X's city of birth"
  const belongs = language.ofWords.has(tokens[at + 1]?.lower ?? '') && /^\p{Ll}/u.test(tokens[at + 2]?.text ?? '');
  const to = belongs && !language.articles.has(tokens[at + 2]!.lower) ? at + 3 : at + 1;
  return { from: start, to, question: whoIs(textOfTokens(source, tokens, start, to), noun, language) };
}

function whoIs(text: string, noun: string, { personNouns, templates }: RuleLanguage): string {
  const template = personNouns.has(noun) ? templates.whoIs : templates.whatIs;
  return template.replace('{x}', () => text.replace(/[\s,;:]+$/, ''));
}

function isQuestionOpening({ lower }: Token, { questionWords, auxiliaries, prepositions }: RuleLanguage): boolean {
  return questionWords.has(lower) || auxiliaries.has(lower) || prepositions.has(lower);
}

function filled(template: string, noun: string, clause: string): string {
  const text = template.replace('{noun}', () => noun).replace('{clause}', () => clause.replace(/[\s,;:]+$/, ''));
  return text.charAt(0).toUpperCase() + text.slice(1);
}
