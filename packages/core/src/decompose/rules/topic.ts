import { ownTokens, textIn, type Clause } from './clause.ts';
import type { RuleLanguage } from './language.ts';
import { isWord } from './tokens.ts';
import { endsPredicate, isFinite } from './verbs.ts';

/**
 * What the first clause is about, where it says so at its end: `What did we decide about | caching`. `''` if it does
 * not, or if "about" may belong to a noun: `Who wrote the book about caching`.
 */
export function topicOf(clause: Clause): string {
  const { tokens, firstEnd, language } = clause;
  const { questionWords, auxiliaries, doAuxiliaries, topicWords, prepositions, articles, pronouns } = language;
  const about = tokens.findIndex(({ lower }, at) => at < firstEnd && topicWords.has(lower));
  const [first, second] = tokens;
  if (about < 3 || firstEnd - about < 2 || firstEnd - about > 5) return '';
  if (!questionWords.has(first!.lower) || !auxiliaries.has(second!.lower)) return '';
  const before = tokens.slice(2, about);
  if (before.some((token) => !isWord(token) || prepositions.has(token.lower))) return '';
  // An article only at the subject, with the verb behind it: "did the team decide".
  if (before.slice(1).some(({ lower }) => articles.has(lower))) return '';
  if (articles.has(before[0]!.lower) && before.length < 3) return '';
  if (!doAuxiliaries.has(second!.lower) && !endsAsVerb(before.at(-1)!.lower, language)) return '';
  const topic = tokens.slice(about + 1, firstEnd);
  const plain = topic.every((token, at) => {
    const outside = [prepositions, pronouns, questionWords].some((words) => words.has(token.lower));
    return isWord(token) && (!outside || (at === 0 && articles.has(token.lower) && topic.length > 1));
  });
  // "caching last week"
  const when = topic.slice(1).some(({ lower }) => language.adverbs.has(lower) || language.times.has(lower));
  if (!plain || when || topic.some(({ lower }) => auxiliaries.has(lower))) return '';
  return textIn(clause, about + 1, firstEnd);
}

/** A question word and a verb: "who objected", "who was responsible". It says of nothing what it asks. */
export function saysTooLittle(clause: Clause): boolean {
  const { language } = clause;
  const words = ownTokens(clause, 1).filter(({ lower }) => !language.adverbs.has(lower));
  const [first, second] = words;
  if (words.length === 1) return endsAsVerb(first!.lower, language);
  return words.length === 2 && language.auxiliaries.has(first!.lower) && /^\p{Ll}/u.test(second!.text);
}

function endsAsVerb(word: string, language: RuleLanguage): boolean {
  return !language.auxiliaries.has(word) && (endsPredicate(word, language) || isFinite(word, language));
}
