import { ownTokens, textIn, type Clause } from './clause.ts';
import type { Edit } from './edits.ts';
import type { RuleLanguage } from './language.ts';
import { isName } from './names.ts';
import { isWord, type Span, type Token } from './tokens.ts';
import { isFinite, isFormOf, isVerb } from './verbs.ts';

/**
 * The noun that a later clause shares with the first and leaves out, put where it belongs:
 *   `Which errors are thrown, and which become notes?`        `which errors become notes`
 *   `How many errors are thrown, and how many are fatal?`     `how many errors are fatal`
 *   `Which errors are thrown, and which of them are fatal?`   `which errors are fatal`
 * `undefined` if the clause has a noun of its own, or it cannot be told where the first one's ends.
 */
export function sharedNoun(clause: Clause): Edit | undefined {
  const { tokens, from, to, firstEnd, language } = clause;
  const { auxiliaries, doAuxiliaries, articles, ofWords, pluralPronouns } = language;
  const noun = firstNoun(clause);
  if (!noun) return undefined;
  const at = from + noun.from;
  const text = textIn(clause, noun.from, noun.to);
  if (at + 2 < to && ofWords.has(tokens[at]!.lower) && pluralPronouns.has(tokens[at + 1]!.lower)) {
    const certain = !tokens.slice(0, firstEnd).some(({ lower }) => articles.has(lower));
    return certain ? { from: at, to: at + 2, text } : undefined;
  }
  if (at >= to || !isVerbAt(tokens, at, to, language)) return undefined;
  const aux = tokens[at]!.lower;
  if (auxiliaries.has(aux)) {
    // "Which option is set and which is not?"
    if (!tokens.slice(at + 1, to).some(({ lower }) => !language.adverbs.has(lower))) return undefined;
    // "and which is the highest mountain": another kind of thing, perhaps; but "and which is the highest" is not.
    const is = !doAuxiliaries.has(aux) && !language.having.has(aux);
    if (is && to - at > 3 && articles.has(tokens[at + 1]!.lower)) return undefined;
  }
  return { from: at, to: at, text };
}

/** True for "which errors become notes" and "which warnings are shown" after "Which errors are thrown": asked alike. */
export function asksAlike(clause: Clause): boolean {
  const { tokens, from, to, language } = clause;
  const noun = firstNoun(clause);
  if (!noun) return false;
  const own = ownTokens(clause, noun.from);
  const aux = own.findIndex(({ lower }) => language.auxiliaries.has(lower));
  if (aux >= 1 && aux <= 3 && aux < own.length - 1 && own.slice(0, aux).every((token) => isWord(token))) return true;
  const repeats = tokens.slice(noun.from, noun.to).every(({ lower }, at) => own[at]?.lower === lower);
  return repeats && from + noun.to < to && isVerbAt(tokens, from + noun.to, to, language);
}

/** True if a clause opens with a word that needs a noun, and none follows: "which become notes", "whose is it". */
export function lacksNoun({ tokens, from, to, language }: Clause): boolean {
  const opening = openingLength(tokens, from, language);
  return opening === 1 && from + 1 < to && isVerbAt(tokens, from + 1, to, language);
}

/** The noun of the first clause, if both clauses open with the same words that ask for one: "which", "how many". */
function firstNoun({ tokens, from, firstEnd, language }: Clause): Span | undefined {
  const { pronouns, questionWords, relativePronouns, and, or } = language;
  const opening = openingLength(tokens, 0, language);
  if (opening === 0 || opening !== openingLength(tokens, from, language)) return undefined;
  if (!tokens.slice(0, opening).every(({ lower }, at) => lower === tokens[from + at]!.lower)) return undefined;
  const to = verbOf(tokens, opening, firstEnd, language);
  if (to === undefined || to - opening > 6) return undefined;
  const plain = tokens.slice(opening, to).every((token) => {
    const outside = [pronouns, questionWords, relativePronouns, and, or].some((words) => words.has(token.lower));
    return isWord(token) && !outside;
  });
  // A comma in the first clause may open another one.
  return plain && tokens.slice(to, firstEnd).every((token) => isWord(token)) ? { from: opening, to } : undefined;
}

/** How many words ask for a noun: "which", "how many"; 0 if none do. "What" needs no noun. */
function openingLength(
  tokens: readonly Token[],
  from: number,
  { choiceWords, relativePronouns, questionWords, quantities }: RuleLanguage,
): number {
  const first = tokens[from]!.lower;
  if (choiceWords.has(first) && relativePronouns.has(first)) return 1;
  return questionWords.has(first) && quantities.has(tokens[from + 1]?.lower ?? '') ? 2 : 0;
}

/** Where the verb of the first clause stands, at least one word after `from`. */
function verbOf(tokens: readonly Token[], from: number, to: number, language: RuleLanguage): number | undefined {
  const { auxiliaries, onlyVerbs, pluralEnding } = language;
  if (auxiliaries.has(tokens[from]!.lower)) return undefined;
  const find = (test: (word: string, at: number) => boolean): number =>
    tokens.findIndex(({ lower }, at) => at > from && at < to && test(lower, at));
  const certain = find((word) => auxiliaries.has(word) || isFormOf(word, onlyVerbs, language));
  if (certain >= 0) return certain;
  // "Which service calls …" may have a noun that ends as a verb does.
  const verb = find((word, at) => {
    if (takesObject(tokens, at, to, language)) return true;
    return isFinite(word, language) && !word.endsWith(pluralEnding) ? true : closesVerb(tokens, at, to, language);
  });
  if (verb >= 0) return verb;
  // "Which tests crash": one of the two must be the verb.
  return to - from === 2 ? from + 1 : undefined;
}

/** A word that may be a verb, and after it the end, a preposition or a name. */
function closesVerb(tokens: readonly Token[], at: number, to: number, language: RuleLanguage): boolean {
  const next = tokens[at + 1];
  const closed = at + 1 >= to || language.prepositions.has(next!.lower) || isName(next, language);
  return closed && isVerb(tokens[at]!.lower, language);
}

/** True where a verb must stand: no noun can be read there. */
function isVerbAt(tokens: readonly Token[], at: number, to: number, language: RuleLanguage): boolean {
  const { auxiliaries, onlyVerbs, prepositions, participleEnding } = language;
  const { lower } = tokens[at]!;
  if (auxiliaries.has(lower) || isFormOf(lower, onlyVerbs, language)) return true;
  if (!isWord(tokens[at]) || isName(tokens[at], language)) return false;
  // "which work was done"
  const later = tokens.slice(at + 1, to).some((token) => isFinite(token.lower, language));
  if (later) return false;
  if (takesObject(tokens, at, to, language)) return true;
  if (closesVerb(tokens, at, to, language)) return true;
  const closed = at + 1 === to || prepositions.has(tokens[at + 1]!.lower);
  return closed && lower.endsWith(participleEnding);
}

/** "need | the CPU", "directed | it": no noun stands before an article or a pronoun. */
function takesObject(tokens: readonly Token[], at: number, to: number, language: RuleLanguage): boolean {
  const { articles, objectPronouns, prepositions, pronouns, and, or, questionWords } = language;
  if (at + 1 >= to || !isWord(tokens[at])) return false;
  const { lower } = tokens[at]!;
  if ([prepositions, pronouns, articles, and, or, questionWords].some((words) => words.has(lower))) return false;
  const next = tokens[at + 1]!.lower;
  return articles.has(next) || objectPronouns.has(next);
}
