import { antecedent, onlyName } from './antecedent.ts';
import { edited } from './edits.ts';
import type { RuleLanguage } from './language.ts';
import { isName } from './names.ts';
import { asksAlike, lacksNoun, sharedNoun } from './shared-noun.ts';
import { isWord, textOfTokens, type Token } from './tokens.ts';
import { saysTooLittle, topicOf } from './topic.ts';
import { isVerb } from './verbs.ts';

/**
 * Questions joined into one: `When was X built and who designed it?`, `Was X a painter, while Y was a director?`, and
 * several questions in a row. Each must be answerable alone: a pronoun is replaced by what it stands for (`#0`: the
 * answer to the first of them), a noun that is shared (`Which errors …, and which …?`) is said again, and in one that
 * names nothing the setting at the end of the first, `in vitest`, is said again, or the topic, or the one thing named.
 * Where a pronoun stands for nothing that can be told, the question stays whole.
 */
export function splitClauses(source: string, tokens: readonly Token[], language: RuleLanguage): string[] {
  const cuts = cutsBetween(source, tokens, language);
  if (cuts.length === 0) return [];
  const clauses: string[] = [];
  let from = 0;
  for (const { end, next } of [...cuts, { end: tokens.length, next: tokens.length }]) {
    if (end - from < 2) return [];
    const clause = standingAlone(source, tokens, from, end, cuts[0]!.end, language);
    if (clause === undefined) return [];
    clauses.push(`${clause}?`);
    from = next;
  }
  return clauses;
}

/** A clause ends before `end`, and the next one begins at `next`. */
interface Cut {
  readonly end: number;
  readonly next: number;
}

function cutsBetween(source: string, tokens: readonly Token[], language: RuleLanguage): Cut[] {
  const { questionWords, auxiliaries, and, clauseJoiners } = language;
  const cuts: Cut[] = [];
  for (let at = 3; at < tokens.length - 2; at++) {
    const { text, lower } = tokens[at]!;
    const joins = and.has(lower) || clauseJoiners.has(lower);
    const last = tokens[at - 1]!.text;
    const end = /^[,;?]$/.test(last) ? at - 1 : at;
    const opening = tokens[at + 1]!;
    const asks = questionWords.has(opening.lower) && beginsAsQuestion(tokens, language);
    if (text === '?' && (questionWords.has(opening.lower) || isCapitalAuxiliary(opening, language))) {
      cuts.push({ end: at, next: at + 1 });
    } else if (joins && last === '?' && questionWords.has(opening.lower)) {
      cuts.push({ end, next: at + 1 });
    } else if ((joins || text === ';') && asks && asksOnItsOwn(source, tokens, at + 1, cuts[0]?.end ?? end, language)) {
      cuts.push({ end, next: at + 1 });
    } else if (and.has(lower) && isInverted(tokens, at + 1, language) && beginsAsQuestion(tokens, language)) {
      cuts.push({ end, next: at + 1 });
    } else if (clauseJoiners.has(lower) && last === ',' && auxiliaries.has(tokens[0]!.lower)) {
      cuts.push({ end, next: at + 1 });
    }
  }
  return cuts;
}

/** "is it", "did they": nothing but a question begins so. */
function isInverted(tokens: readonly Token[], at: number, { auxiliaries, objectPronouns }: RuleLanguage): boolean {
  return auxiliaries.has(tokens[at]!.lower) && objectPronouns.has(tokens[at + 1]!.lower);
}

/** "(…?) Was it changed": a capital, as in a title ("Are You Being Served? is …") it would not have. */
function isCapitalAuxiliary({ text, lower }: Token, { auxiliaries }: RuleLanguage): boolean {
  return auxiliaries.has(lower) && /^\p{Lu}/u.test(text);
}

/** "who designed it", "when did he die", not the other half of a relative clause, "(who wrote X) and who died in Y". */
function asksOnItsOwn(
  source: string,
  tokens: readonly Token[],
  from: number,
  firstEnd: number,
  language: RuleLanguage,
): boolean {
  const { auxiliaries, objectPronouns, articles, questionWords } = language;
  const to = clauseEnd(tokens, from, language);
  if (sharedNoun(source, tokens, from, to, firstEnd, language)) return true;
  if (lacksNoun(tokens, from, to, language)) {
    // "(How do I know which option is set) and which is not", but "(…) and which is the highest hill"
    const inside = tokens.slice(1, from).some(({ lower }) => questionWords.has(lower));
    if (inside || to - from < 5) return false;
  }
  const words = tokens.slice(from + 1);
  return (
    auxiliaries.has(words[0]?.lower ?? '') ||
    words.some(({ lower }) => objectPronouns.has(lower) || articles.has(lower)) ||
    asksAlike(tokens, from, to, firstEnd, language) ||
    (saysTooLittle(tokens, from, to, language) && topicOf(source, tokens, firstEnd, language) !== '')
  );
}

/** Where the clause that begins at `from` ends: before the next one, as far as its first words tell. */
function clauseEnd(
  tokens: readonly Token[],
  from: number,
  { questionWords, and, clauseJoiners }: RuleLanguage,
): number {
  for (let at = from + 1; at < tokens.length - 1; at++) {
    const { text, lower } = tokens[at]!;
    const joins = /^[;?]$/.test(text) || and.has(lower) || clauseJoiners.has(lower);
    if (joins && questionWords.has(tokens[at + 1]!.lower)) return /^[,;?]$/.test(tokens[at - 1]!.text) ? at - 1 : at;
  }
  return tokens.length;
}

function beginsAsQuestion(
  tokens: readonly Token[],
  { questionWords, auxiliaries, prepositions }: RuleLanguage,
): boolean {
  const [first, second] = [tokens[0]!.lower, tokens[1]!.lower];
  return questionWords.has(first) || auxiliaries.has(first) || (prepositions.has(first) && questionWords.has(second));
}

/** The clause with what it takes from the first one; `undefined` if it cannot be told what that is. */
function standingAlone(
  source: string,
  tokens: readonly Token[],
  from: number,
  to: number,
  firstEnd: number,
  language: RuleLanguage,
): string | undefined {
  const clause = textOfTokens(source, tokens, from, to);
  if (from === 0) return clause;
  const { objectPronouns, possessives } = language;
  const shared = sharedNoun(source, tokens, from, to, firstEnd, language);
  const edits = shared ? [shared] : [];
  const pronoun = tokens.findIndex(
    ({ lower }, at) =>
      at > from && at >= (shared?.to ?? 0) && at < to && (objectPronouns.has(lower) || possessives.has(lower)),
  );
  if (pronoun < 0 && shared) return edited(source, tokens, from, to, edits);
  if (pronoun < 0) return withContext(source, tokens, from, to, firstEnd, language);
  const thing = antecedent(source, tokens, pronoun, from, to, firstEnd, language);
  if (thing === undefined) return undefined;
  const text = isPossessive(tokens, pronoun, to, language) ? whose(thing, tokens[pronoun]!, language) : thing;
  return edited(source, tokens, from, to, [...edits, { from: pronoun, to: pronoun + 1, text }]);
}

/** A clause without a pronoun, and what it is asked of where it does not say so. */
function withContext(
  source: string,
  tokens: readonly Token[],
  from: number,
  to: number,
  firstEnd: number,
  language: RuleLanguage,
): string {
  const clause = textOfTokens(source, tokens, from, to);
  // "Is surgery helpful?" has a subject of its own.
  if (language.auxiliaries.has(tokens[from]!.lower)) return clause;
  if (namesSomething(tokens, from, to, language) || settingOf(tokens, from, to, language)) return clause;
  // "how … in vitest and how …", not "who wrote the notes on X and when …": alike in build, they share the setting.
  const alike = tokens[0]!.lower === tokens[from]!.lower;
  const setting = alike ? textOfSetting(source, tokens, firstEnd, language) : '';
  if (setting !== '') {
    // "how does vitest mock a module" is in vitest already.
    const named = tokens
      .slice(from, to)
      .some(({ lower }) => setting.toLowerCase().split(/\s+/).slice(1).includes(lower));
    return named ? clause : `${clause} ${setting}`;
  }
  const topic = saysTooLittle(tokens, from, to, language) ? topicOf(source, tokens, firstEnd, language) : '';
  if (topic !== '') return `${clause} (${topic})`;
  const only = onlyName(source, tokens, from, firstEnd, language);
  return only === undefined ? clause : `${clause} (${only})`;
}

/** "her": whose, where a noun follows; whom, where none does. */
function isPossessive(tokens: readonly Token[], pronoun: number, to: number, language: RuleLanguage): boolean {
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

function namesSomething(tokens: readonly Token[], from: number, to: number, language: RuleLanguage): boolean {
  return tokens.slice(from, to).some((token) => isName(token, language) && !language.pronouns.has(token.lower));
}

/** "in vitest" at the end of a clause: a word that opens a setting and at most three words after it, no verb among them. */
function settingOf(tokens: readonly Token[], from: number, to: number, language: RuleLanguage): number | undefined {
  for (let at = to - 2; at > from + 2 && to - at <= 4; at--) {
    if (language.settings.has(tokens[at]!.lower)) return at;
    if (!isWord(tokens[at]) || isVerb(tokens[at]!.lower, language)) return undefined;
  }
  return undefined;
}

function textOfSetting(source: string, tokens: readonly Token[], end: number, language: RuleLanguage): string {
  const last = tokens[end - 1]!.lower;
  const at = isVerb(last, language) || language.pronouns.has(last) ? undefined : settingOf(tokens, 0, end, language);
  return at === undefined ? '' : textOfTokens(source, tokens, at, end);
}
