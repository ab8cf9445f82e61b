import { antecedent, onlyName } from './antecedent.ts';
import { ownTokens, textIn, type Clause } from './clause.ts';
import { edited } from './edits.ts';
import type { RuleLanguage } from './language.ts';
import { isName } from './names.ts';
import { sharedNoun } from './shared-noun.ts';
import { isWord, type Token } from './tokens.ts';
import { saysTooLittle, topicOf } from './topic.ts';
import { isVerb } from './verbs.ts';

/**
 * A clause with what it takes from the first one: a pronoun is replaced by what it stands for (`#0`: the answer to the
 * first clause), a noun that is shared (`Which errors …, and which …?`) is said again, and in a clause that names nothing
 * the setting at the end of the first, `in vitest`, is said again, or the topic, or the one thing named. `undefined` where
 * a pronoun stands for nothing that can be told.
 */
export function standingAlone(clause: Clause): string | undefined {
  const { tokens, from, to, language } = clause;
  if (from === 0) return textIn(clause);
  const { objectPronouns, possessives } = language;
  const shared = sharedNoun(clause);
  const edits = shared ? [shared] : [];
  const pronoun = tokens.findIndex(
    ({ lower }, at) =>
      at > from && at >= (shared?.to ?? 0) && at < to && (objectPronouns.has(lower) || possessives.has(lower)),
  );
  if (pronoun < 0) return shared ? edited(clause, edits) : withContext(clause);
  const thing = antecedent(clause, pronoun);
  if (thing === undefined) return undefined;
  const text = isPossessive(clause, pronoun) ? whose(thing, tokens[pronoun]!, language) : thing;
  return edited(clause, [...edits, { from: pronoun, to: pronoun + 1, text }]);
}

/** A clause without a pronoun, and what it is asked of where it does not say so. */
function withContext(clause: Clause): string {
  const { tokens, from, language } = clause;
  const text = textIn(clause);
  // "Is surgery helpful?" has a subject of its own.
  if (language.auxiliaries.has(tokens[from]!.lower)) return text;
  if (namesSomething(clause) || settingOf(clause)) return text;
  // "how … in vitest and how …", not "who wrote the notes on X and when …": alike in build, they share the setting.
  const alike = tokens[0]!.lower === tokens[from]!.lower;
  const setting = alike ? settingOfFirst(clause) : '';
  if (setting !== '') {
    // "how does vitest mock a module" is in vitest already.
    const words = setting.toLowerCase().split(/\s+/).slice(1);
    return ownTokens(clause).some(({ lower }) => words.includes(lower)) ? text : `${text} ${setting}`;
  }
  const topic = saysTooLittle(clause) ? topicOf(clause) : '';
  if (topic !== '') return `${text} (${topic})`;
  const only = onlyName(clause);
  return only === undefined ? text : `${text} (${only})`;
}

/** "her": whose, where a noun follows; whom, where none does. */
function isPossessive({ tokens, to, language }: Clause, pronoun: number): boolean {
  const { possessives, objectPronouns, prepositions, and } = language;
  const { lower } = tokens[pronoun]!;
  if (!possessives.has(lower) || !objectPronouns.has(lower)) return possessives.has(lower);
  const next = tokens[pronoun + 1];
  return pronoun + 1 < to && isWord(next) && !prepositions.has(next!.lower) && !and.has(next!.lower);
}

/** "the report's", and "the limits'" for "their". */
function whose(thing: string, { lower }: Token, { templates, pluralPronouns, pluralEnding }: RuleLanguage): string {
  const several = pluralPronouns.has(lower) && thing.endsWith(pluralEnding);
  return (several ? templates.whosePlural : templates.whose).replace('{x}', () => thing);
}

function namesSomething(clause: Clause): boolean {
  const { language } = clause;
  return ownTokens(clause).some((token) => isName(token, language) && !language.pronouns.has(token.lower));
}

/** "in vitest" at the end of a clause: a word that opens a setting and at most three words after it, no verb among them. */
function settingOf({ tokens, from, to, language }: Clause): number | undefined {
  for (let at = to - 2; at > from + 2 && to - at <= 4; at--) {
    if (language.settings.has(tokens[at]!.lower)) return at;
    if (!isWord(tokens[at]) || isVerb(tokens[at]!.lower, language)) return undefined;
  }
  return undefined;
}

function settingOfFirst(clause: Clause): string {
  const { tokens, firstEnd, language } = clause;
  const last = tokens[firstEnd - 1]!.lower;
  if (isVerb(last, language) || language.pronouns.has(last)) return '';
  const at = settingOf({ ...clause, from: 0, to: firstEnd });
  return at === undefined ? '' : textIn(clause, at, firstEnd);
}
