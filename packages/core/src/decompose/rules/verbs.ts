import type { RuleLanguage } from './language.ts';

/** True for an auxiliary, a participle of the lists, or a form of a listed verb. Small lists: what is missing is no verb. */
export function isVerb(word: string, language: RuleLanguage): boolean {
  const { auxiliaries, bareVerbs, verbs, participles } = language;
  return auxiliaries.has(word) || verbs.has(word) || participles.has(word) || isFormOf(word, bareVerbs, language);
}

/** True for a verb that can head a sentence: not for a bare verb, which may as well be a noun ("the work"), nor a name. */
export function isFinite(word: string, language: RuleLanguage): boolean {
  return isVerb(word, language) && !language.bareVerbs.has(word) && !language.participles.has(word);
}

/** True for a word of a list, or one of them with an ending that verbs take. */
export function isFormOf(word: string, list: ReadonlySet<string>, { verbEndings }: RuleLanguage): boolean {
  if (list.has(word)) return true;
  return verbEndings.some((ending) => {
    if (!word.endsWith(ending)) return false;
    const stem = word.slice(0, -ending.length);
    return list.has(stem) || list.has(`${stem}e`);
  });
}

/** True for a word that can end what is said of a subject: a participle, "ready". */
export function endsPredicate(word: string, { closers, saidLast, participleEnding }: RuleLanguage): boolean {
  return closers.has(word) || saidLast.has(word) || word.endsWith(participleEnding);
}
