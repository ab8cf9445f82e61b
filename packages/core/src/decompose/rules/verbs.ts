import type { RuleLanguage } from './language.ts';

/** True for an auxiliary, a participle of the lists, or a form of a listed verb. Small lists: what is missing is no verb. */
export function isVerb(word: string, language: RuleLanguage): boolean {
  const { auxiliaries, bareVerbs, verbs, participles, verbEndings } = language;
  if (auxiliaries.has(word) || bareVerbs.has(word) || verbs.has(word) || participles.has(word)) return true;
  return verbEndings.some((ending) => {
    if (!word.endsWith(ending)) return false;
    const stem = word.slice(0, -ending.length);
    return bareVerbs.has(stem) || bareVerbs.has(`${stem}e`);
  });
}

/** True for a verb that can head a sentence: not for a bare verb, which may as well be a noun ("the work"), nor a name. */
export function isFinite(word: string, language: RuleLanguage): boolean {
  return isVerb(word, language) && !language.bareVerbs.has(word) && !language.participles.has(word);
}
