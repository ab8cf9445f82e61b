import { textIn, type Clause } from './clause.ts';
import type { RuleLanguage } from './language.ts';
import { isName } from './names.ts';
import { isWord, type Span, type Token } from './tokens.ts';
import { endsPredicate, isFinite, isFormOf } from './verbs.ts';

/** The one thing that a question is about, where nothing is named. */
interface Thing extends Span {
  /**
   * What is said of it: `nothing` (`Where is the cache`), what is `done` to it (`Who cleared the cache`, `When was the
   * cache cleared`), or what it `does` (`When did the cache fail`): a later "it" may mean what happened, too.
   */
  readonly said: 'nothing' | 'done' | 'does';
}

/**
 * What a pronoun stands for where nothing is named before: the one thing the first question is about, if it agrees in
 * number and neither the answer, nor what happened, nor another noun could be meant. `undefined` if not certain.
 */
export function thingMeant(clause: Clause, pronoun: number): string | undefined {
  const { tokens, language } = clause;
  const thing = subjectOf(clause) ?? objectOf(clause);
  if (!thing || !isPlainThing(tokens, thing, language)) return undefined;
  const certain = isAlone(clause, thing) && agrees(clause, thing, pronoun) && readsAsThing(clause, thing, pronoun);
  return certain ? textIn(clause, thing.from, thing.to) : undefined;
}

/** `When was | the report | written`, `How does | the cache | work`, `What is | photosynthesis` */
function subjectOf({ tokens, firstEnd, language }: Clause): Thing | undefined {
  const { auxiliaries, doAuxiliaries, articles, definite, personWords, choiceWords, questionWords } = language;
  const first = tokens[0]!.lower;
  const aux = tokens.findIndex(({ lower }, at) => at < 4 && at < firstEnd && auxiliaries.has(lower));
  const from = aux + 1;
  if (aux < 0 || from >= firstEnd || (aux > 0 && !questionWords.has(first))) return undefined;
  const does = doAuxiliaries.has(tokens[aux]!.lower);
  // "What did the team build", "Which report was the longest": the answer may be meant as well.
  if (choiceWords.has(first) && (does || aux !== 1)) return undefined;
  if (!definite.has(tokens[from]!.lower) && (does || aux !== 1)) return undefined;
  if (does) {
    const to = verbAtEnd(tokens, from, firstEnd, language);
    return to === undefined ? undefined : { from, to, said: 'does' };
  }
  if (personWords.has(first)) return undefined;
  const to = withoutEnd(tokens, from, firstEnd, language);
  if (to < firstEnd) return { from, to, said: 'done' };
  if (aux > 0 && !(aux === 1 && language.stateWords.has(first))) return { from, to, said: 'nothing' };
  // "Is the API | stable", "Why is the sky | blue"
  const words = to - from - (articles.has(tokens[from]!.lower) ? 1 : 0);
  return words < 2 ? undefined : { from, to: to - 1, said: 'done' };
}

/** `Who wrote | the report`, `How do I change | the timeout`: one verb, and the thing at the end. */
function objectOf({ tokens, firstEnd, language }: Clause): Thing | undefined {
  const { auxiliaries, adverbs, prepositions, definite, objectPronouns, pronouns, personWords, choiceWords } = language;
  const first = tokens[0]!.lower;
  const from = tokens.findIndex(({ lower }, at) => at < firstEnd && definite.has(lower));
  const aux = tokens.findIndex(({ lower }, at) => at < from && auxiliaries.has(lower));
  if (from < 2 || choiceWords.has(first) || (aux < 0 && !personWords.has(first))) return undefined;
  const before = tokens.slice(aux < 0 ? 1 : aux + 1, from);
  const small = ({ lower }: Token): boolean =>
    adverbs.has(lower) || prepositions.has(lower) || (pronouns.has(lower) && !objectPronouns.has(lower));
  if (before.filter((token) => !small(token)).length !== 1) return undefined;
  let to = firstEnd;
  while (to > from && adverbs.has(tokens[to - 1]!.lower)) to--;
  // "Who gave the team money"
  const gives = before.some(({ lower }) => isFormOf(lower, language.givingVerbs, language));
  return gives && to - from > 2 ? undefined : { from, to, said: 'done' };
}

/** Before the verb that ends "did the server | crash" and, if the list has it, "did the billing service | start". */
function verbAtEnd(
  tokens: readonly Token[],
  from: number,
  firstEnd: number,
  language: RuleLanguage,
): number | undefined {
  const { adverbs, prepositions, bareVerbs } = language;
  let end = firstEnd;
  while (end > from && (adverbs.has(tokens[end - 1]!.lower) || prepositions.has(tokens[end - 1]!.lower))) end--;
  const known = tokens.findIndex(({ lower }, at) => at >= from + 2 && at < end && bareVerbs.has(lower));
  const verb = known < 0 && end - from === 3 ? end - 1 : known;
  return verb === end - 1 ? verb : undefined;
}

/** Without what a state or a passive ends in: "(the report) | written", "(the report) | about". */
function withoutEnd(tokens: readonly Token[], from: number, firstEnd: number, language: RuleLanguage): number {
  const small = ({ lower }: Token): boolean => language.adverbs.has(lower) || language.prepositions.has(lower);
  let to = firstEnd;
  while (to > from + 1 && (small(tokens[to - 1]!) || endsPredicate(tokens[to - 1]!.lower, language))) to--;
  return to;
}

/** At most five words, and none that would make two things of it. */
function isPlainThing(tokens: readonly Token[], { from, to }: Thing, language: RuleLanguage): boolean {
  const { articles, prepositions, auxiliaries, pronouns, questionWords, and, or, adverbs, participles } = language;
  const hasArticle = articles.has(tokens[from]!.lower);
  const words = tokens.slice(hasArticle ? from + 1 : from, to);
  if (words.length === 0 || words.length > 5) return false;
  return words.every((token, at) => {
    const outside = [prepositions, auxiliaries, pronouns, articles, questionWords, and, or];
    if (!isWord(token) || outside.some((list) => list.has(token.lower))) return false;
    // "the report last week", "the team won"
    return (
      at === 0 || !(adverbs.has(token.lower) || (isFinite(token.lower, language) && !participles.has(token.lower)))
    );
  });
}

/** No other thing before the clause of the pronoun, and in the first one nothing that stands for another. */
function isAlone({ tokens, from, firstEnd, language }: Clause, thing: Thing): boolean {
  const { articles, objectPronouns, possessives } = language;
  return tokens.slice(0, from).every(({ lower }, at) => {
    if (at === thing.from) return true;
    return !articles.has(lower) && (at >= firstEnd || !(objectPronouns.has(lower) || possessives.has(lower)));
  });
}

function agrees({ tokens, language }: Clause, thing: Thing, pronoun: number): boolean {
  const { auxiliaries, pluralPronouns, personPronouns, personWords, pluralEnding, singularEndings } = language;
  const { lower } = tokens[pronoun]!;
  const severalMeant = pluralPronouns.has(lower);
  // "Who wrote the reports and where do they live?"
  if (severalMeant && personWords.has(tokens[0]!.lower)) return false;
  if (personPronouns.has(lower) && thing.said !== 'nothing') return false;
  const aux = tokens[thing.from - 1]!.lower;
  if (showsNumber(aux, language)) return severalMeant === (auxiliaries.get(aux) !== aux);
  const noun = tokens[thing.to - 1]!.lower;
  const several = noun.endsWith(pluralEnding) && !singularEndings.some((ending) => noun.endsWith(ending));
  return severalMeant === several;
}

/** "is" and "are", "does" and "do", but not "did" or "can". */
function showsNumber(aux: string, { auxiliaries }: RuleLanguage): boolean {
  const singular = auxiliaries.get(aux);
  return singular !== undefined && [...auxiliaries].some(([other, one]) => one === singular && other !== aux);
}

/** The words around the pronoun leave no other reading: not what happened, not a thing of its own clause. */
function readsAsThing({ tokens, from, to, language }: Clause, thing: Thing, pronoun: number): boolean {
  const { questionWords, auxiliaries, doAuxiliaries, articles, objectPronouns, possessives, relativePronouns } =
    language;
  const before = tokens.slice(questionWords.has(tokens[from]!.lower) ? from + 1 : from, pronoun);
  const after = tokens.slice(pronoun + 1, to);
  const isPossessive = possessives.has(tokens[pronoun]!.lower);
  // "when it was changed": no question but the object of one
  if (before.length === 0 && !isPossessive) return false;
  if (after.some(({ lower }) => objectPronouns.has(lower) || possessives.has(lower))) return false;
  if (after.some(({ lower }) => relativePronouns.has(lower))) return false;
  const other = before.some((token) => articles.has(token.lower) || isName(token, language));
  const aux = before.at(-1)?.lower ?? '';
  const isSubject = auxiliaries.has(aux);
  if (isSubject && !doAuxiliaries.has(aux) && opensInfinitive(after, language)) return false;
  if (other && (isPossessive || auxiliaries.has(after[0]?.lower ?? '') || isFinite(after[0]?.lower ?? '', language)))
    return false;
  if (thing.said === 'nothing') return true;
  if ([...before, ...after].some(({ lower }) => isFormOf(lower, language.eventWords, language))) return false;
  if (thing.said === 'done' || isPossessive || showsNumber(tokens[thing.from - 1]!.lower, language)) return true;
  // "When did the server crash, and who caused it / how was it handled": the crash. But "how fast is it": the server.
  if (!isSubject) return false;
  const last = after.at(-1)?.lower ?? '';
  return doAuxiliaries.has(aux) || !endsPredicate(last, language);
}

/** "(is it faster) to cache layers", not "(was it sent) to the board": such an "it" stands for what "to" says. */
function opensInfinitive(
  tokens: readonly Token[],
  { infinitiveMarks, articles, possessives, pronouns }: RuleLanguage,
): boolean {
  return tokens.some(({ lower }, at) => {
    const next = tokens[at + 1];
    if (!infinitiveMarks.has(lower) || !next) return false;
    return /^\p{Ll}/u.test(next.text) && ![articles, possessives, pronouns].some((words) => words.has(next.lower));
  });
}
