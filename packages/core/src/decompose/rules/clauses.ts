import type { RuleLanguage } from './language.ts';
import { antecedent, onlyName } from './antecedent.ts';
import { isName } from './names.ts';
import { isWord, textOfTokens, type Token } from './tokens.ts';
import { isVerb } from './verbs.ts';

/**
 * Questions joined into one: `When was X built and who designed it?`, `Was X a painter, while Y was a director?`, and
 * several questions in a row. Each must be answerable alone: a pronoun is replaced by what it stands for (`#0`: the answer
 * to the first of them), and in one that names nothing the setting at the end of the first, `in vitest`, is said again, or
 * the one thing that was named.
 * Where a pronoun stands for nothing that can be told, the question stays whole.
 */
export function splitClauses(source: string, tokens: readonly Token[], language: RuleLanguage): string[] {
  const cuts: { readonly end: number; readonly next: number }[] = [];
  for (let at = 3; at < tokens.length - 2; at++) {
    const { text, lower } = tokens[at]!;
    const next = tokens[at + 1]!.lower;
    const asks = language.questionWords.has(next) && asksOnItsOwn(tokens.slice(at + 2), language);
    if (text === '?' && language.questionWords.has(next)) cuts.push({ end: at, next: at + 1 });
    else if (
      (language.and.has(lower) || language.clauseJoiners.has(lower)) &&
      asks &&
      beginsAsQuestion(tokens, language)
    ) {
      cuts.push({ end: tokens[at - 1]!.text === ',' ? at - 1 : at, next: at + 1 });
    } else if (
      language.clauseJoiners.has(lower) &&
      tokens[at - 1]!.text === ',' &&
      language.auxiliaries.has(tokens[0]!.lower)
    ) {
      cuts.push({ end: at - 1, next: at + 1 });
    }
  }
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

/** "who designed it", "when did he die", and not the second half of a relative clause, "(who wrote X) and who died in Y". */
function asksOnItsOwn(tokens: readonly Token[], { auxiliaries, objectPronouns, articles }: RuleLanguage): boolean {
  const [first] = tokens;
  return (
    auxiliaries.has(first?.lower ?? '') || tokens.some(({ lower }) => objectPronouns.has(lower) || articles.has(lower))
  );
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
  const pronoun = tokens.findIndex(
    ({ lower }, at) => at > from && at < to && (objectPronouns.has(lower) || possessives.has(lower)),
  );
  if (pronoun < 0) {
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
    const only = onlyName(source, tokens, from, firstEnd, language);
    return only === undefined ? clause : `${clause} (${only})`;
  }
  const thing = antecedent(source, tokens, pronoun, from, firstEnd, language);
  if (thing === undefined) return undefined;
  // "her": whose, where a noun follows; whom, where none does.
  const next = tokens[pronoun + 1];
  const whose =
    possessives.has(tokens[pronoun]!.lower) &&
    (!objectPronouns.has(tokens[pronoun]!.lower) ||
      (pronoun + 1 < to && isWord(next) && !language.prepositions.has(next!.lower) && !language.and.has(next!.lower)));
  return [
    textOfTokens(source, tokens, from, pronoun),
    whose ? language.templates.whose.replace('{x}', () => thing) : thing,
    textOfTokens(source, tokens, pronoun + 1, to),
  ]
    .filter((part) => part !== '')
    .join(' ');
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
