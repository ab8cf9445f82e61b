import type { RuleLanguage } from './language.ts';
import { isName } from './names.ts';
import { isWord, type Token } from './tokens.ts';
import { endsPredicate, isFinite, isVerb } from './verbs.ts';

/** Where the noun phrase that ends before `end` opens with its article; at most six words back, no verb between. */
export function nounPhraseStart(tokens: readonly Token[], end: number, language: RuleLanguage): number | undefined {
  for (let at = end - 1; at >= 0 && end - at <= 7; at--) {
    const { lower } = tokens[at]!;
    if (language.articles.has(lower)) return at;
    if (
      (!isWord(tokens[at]) && !/^['’]s$/.test(lower)) ||
      language.prepositions.has(lower) ||
      language.auxiliaries.has(lower) ||
      language.questionWords.has(lower) ||
      language.relativePronouns.has(lower)
    ) {
      return undefined;
    }
  }
  return undefined;
}

/**
 * Where a description that opens at `from`, its clause at `clause`, ends: before the verb of a question word that comes
 * later (`the actor who plays X` | `also starred in what film`), before what closes an inverted question (`did the author
 * of X` | `die`), else at the end. Returns `clause` where a verb should be and none is found.
 */
export function descriptionEnd(tokens: readonly Token[], from: number, clause: number, language: RuleLanguage): number {
  const { auxiliaries, doAuxiliaries, bareVerbs, closers, adverbs, prepositions } = language;
  const asking = askingWord(tokens, language);
  if (asking > clause && tokens[asking - 1]!.text === ',') return asking - 1;
  if (asking > clause) {
    // What has its verb before it is no subject; its own clause then runs into the words that ask.
    if (tokens.slice(0, from).some(({ text }) => isFinite(text, language))) return clause;
    let at = asking - 1;
    while (at > clause && !isFinite(tokens[at]!.text, language)) at--;
    while (at > clause + 1 && (auxiliaries.has(tokens[at - 1]!.lower) || adverbs.has(tokens[at - 1]!.lower))) at--;
    return at;
  }
  const opening = openingOf(tokens, from, language);
  const opener = tokens[opening]?.lower ?? '';
  const isNested = opening < from - 1;
  if (doAuxiliaries.has(opener)) {
    for (let at = tokens.length - 1; at > clause; at--) if (bareVerbs.has(tokens[at]!.lower)) return at;
    // "Who did the voice of the character X plays?"
    if (isNested) return tokens.length;
    // No verb of the list: "the state where X is located | reinstate …"
    const closed = tokens.findIndex(
      (token, at) => at > clause && closers.has(token.lower) && !prepositions.has(token.lower),
    );
    return closed < 0 ? clause : closed + 1;
  } else if (auxiliaries.has(opener)) {
    let at = tokens.length;
    while (at > clause + 1 && prepositions.has(tokens[at - 1]!.lower) && closers.has(tokens[at - 1]!.lower)) at--;
    if (at > clause + 1 && closes(tokens[at - 1]!.lower, language))
      return saysAll(tokens, clause, at - 1, language) ? at - 1 : tokens.length;
    // "(is) the capital of the country X came | from": the preposition is the clause's own.
    return isNested ? tokens.length : at;
  }
  const comma = tokens.findIndex(
    (token, at) =>
      at > clause &&
      token.text === ',' &&
      (auxiliaries.has(tokens[at + 1]?.lower ?? '') || language.questionWords.has(tokens[at + 1]?.lower ?? '')),
  );
  return comma < 0 ? tokens.length : comma;
}

/** Where the word stands that opens the question: `did` | `the author of the book`, before what a noun phrase belongs to. */
function openingOf(tokens: readonly Token[], from: number, language: RuleLanguage): number {
  let at = from - 1;
  while (at > 0 && language.ofWords.has(tokens[at]!.lower)) {
    const start = nounPhraseStart(tokens, at, language);
    if (start === undefined) break;
    at = start - 1;
  }
  return at;
}

/** Not "(the city where) X | lived" nor "X was | born": what closes it there is the verb of the relative clause itself. */
function saysAll(tokens: readonly Token[], clause: number, end: number, language: RuleLanguage): boolean {
  const { relativePronouns, placeRelatives, timeRelatives, auxiliaries } = language;
  const pronoun = tokens[clause - 1]!.lower;
  if (!relativePronouns.has(pronoun)) return true;
  if (auxiliaries.has(tokens[end - 1]!.lower)) return false;
  const ofOthers =
    placeRelatives.has(pronoun) || timeRelatives.has(pronoun) || startsWithSubject(tokens[clause]!, language);
  const says = ({ text }: Token): boolean => isVerb(text, language) || endsPredicate(text, language);
  return !ofOthers || tokens.slice(clause, end).some(says);
}

/** True if a relative clause begins with its own subject, so that the noun is its object. */
export function startsWithSubject(token: Token, language: RuleLanguage): boolean {
  return isName(token, language) || language.articles.has(token.lower) || language.pronouns.has(token.lower);
}

function closes(word: string, { closers, participleEnding }: RuleLanguage): boolean {
  return closers.has(word) || word.endsWith(participleEnding);
}

/** The word that asks: at the beginning (`In which country`), or, where a statement is turned into a question, the last. */
export function askingWord(tokens: readonly Token[], language: RuleLanguage): number {
  const { questionWords, auxiliaries, prepositions, relativePronouns, choiceWords } = language;
  if (questionWords.has(tokens[0]!.lower)) return 0;
  if (prepositions.has(tokens[0]!.lower) && questionWords.has(tokens[1]?.lower ?? '')) return 1;
  if (auxiliaries.has(tokens[0]!.lower)) return -1;
  // "In the King's Speech, who played …"
  const comma = tokens.findIndex((token, at) => token.text === ',' && questionWords.has(tokens[at + 1]?.lower ?? ''));
  if (comma > 0 && comma < tokens.length - 3) return comma + 1;
  for (let at = tokens.length - 1; at > 0; at--) {
    const { lower } = tokens[at]!;
    if (!questionWords.has(lower)) continue;
    // Words that also open relative clauses ask only where nothing follows or a preposition or verb goes before.
    const asks = !relativePronouns.has(lower) || choiceWords.has(lower) || at === tokens.length - 1;
    if (asks || prepositions.has(tokens[at - 1]!.lower)) return at;
  }
  return -1;
}
