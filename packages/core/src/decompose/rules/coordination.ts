import { compares } from './alternatives.ts';
import { askOfOne } from './ask-of-one.ts';
import type { RuleLanguage } from './language.ts';
import { nameEnd, nameStart } from './names.ts';
import { isWord, textOfTokens, type Token } from './tokens.ts';

/**
 * Questions about two things at once:
 *   `Are both X and Y located in Z?`   `Were X and Y from the same country?`   `What do X and Y have in common?`
 *   `Is X taller than Y?`              `difference between X and Y`            `X vs Y`
 * One question for each.
 */
export function splitCoordination(source: string, tokens: readonly Token[], language: RuleLanguage): string[] {
  return (
    comparedByThan(source, tokens, language) ??
    setAgainst(source, tokens, language) ??
    twoSubjects(source, tokens, language) ??
    []
  );
}

/** `Is X taller than Y?` */
function comparedByThan(source: string, tokens: readonly Token[], language: RuleLanguage): string[] | undefined {
  const aux = tokens[0]?.lower ?? '';
  const than = tokens.findIndex(({ lower }) => language.than.has(lower));
  if (!language.auxiliaries.has(aux) || than < 3 || than >= tokens.length - 1) return undefined;
  const compared = tokens.findIndex((token, at) => at > 1 && at < than && compares([token], language));
  if (compared < 2) return undefined;
  // A number or a pronoun is nothing to look up.
  if (language.pronouns.has(tokens[1]!.lower) || /^\p{N}/u.test(tokens[than + 1]!.text)) return undefined;
  let end = compared;
  const verb = tokens.findIndex((token, at) => at > 1 && at < compared && language.bareVerbs.has(token.lower));
  if (verb > 1) end = verb;
  const asked = [tokens[0]!, tokens[0]!, ...tokens.slice(end, than)];
  const things = [textOfTokens(source, tokens, 1, end), textOfTokens(source, tokens, than + 1, tokens.length)];
  return things.map((x) => askOfOne(asked, x, language));
}

/** `difference between X and Y`, `compare X and Y`, `X vs Y` */
function setAgainst(source: string, tokens: readonly Token[], language: RuleLanguage): string[] | undefined {
  const { difference, compare, between, versus, and, articles, questionWords, auxiliaries, templates } = language;
  const about = (things: readonly string[]): string[] => things.map((x) => templates.about.replace('{x}', () => x));
  const against = tokens.findIndex((token, at) => at > 0 && versus.has(token.lower));
  const opening = tokens.findIndex(({ lower }) => !questionWords.has(lower) && !auxiliaries.has(lower));
  // Short on both sides: "A vs B", and not a sentence in which one team plays another.
  if (against > opening && against - opening <= 4 && against < tokens.length - 1 && tokens.length - against <= 5) {
    return about([
      textOfTokens(source, tokens, opening, against),
      textOfTokens(source, tokens, against + 1, tokens.length),
    ]);
  }
  let open = tokens.findIndex(({ lower }) => difference.has(lower));
  if (open >= 0) {
    open++;
    if (!between.has(tokens[open]?.lower ?? '')) return undefined;
  } else if (compare.has(tokens[0]?.lower ?? '')) open = 0;
  else return undefined;
  const middle = tokens.findIndex(
    (token, at) => at > open + 1 && (and.has(token.lower) || language.than.has(token.lower) || token.lower === 'with'),
  );
  if (middle < 0 || middle === tokens.length - 1) return undefined;
  const from = articles.has(tokens[open + 1]!.lower) ? open + 2 : open + 1;
  const right = articles.has(tokens[middle + 1]!.lower) ? middle + 2 : middle + 1;
  if (from >= middle || right >= tokens.length) return undefined;
  if (language.pronouns.has(tokens[right]!.lower) || middle - from > 6 || tokens.length - right > 6) return undefined;
  return about([textOfTokens(source, tokens, from, middle), textOfTokens(source, tokens, right, tokens.length)]);
}

/** `Are both X and Y …?`, `What do X and Y have in common?`: the question with one of the two in place of both. */
function twoSubjects(source: string, tokens: readonly Token[], language: RuleLanguage): string[] | undefined {
  const { auxiliaries, doAuxiliaries, both, together, and } = language;
  const marked = tokens.some(({ lower }) => together.has(lower));
  const opensWithPlural = isPlural(tokens[0]!.lower, language);
  for (let at = 1; at < tokens.length - 1; at++) {
    if (!and.has(tokens[at]!.lower)) continue;
    let start = nameStart(tokens, at, language);
    if (start === 0 && auxiliaries.has(tokens[0]!.lower)) start = 1;
    const helper = tokens.findIndex((token, index) => index < at && doAuxiliaries.has(token.lower));
    // "does the 2017 team and Y have in common": the whole subject, whatever it is made of.
    if (start === at && marked && helper >= 0) start = helper + 1;
    const end = nameEnd(tokens, at + 1, language);
    if (start === at || end === at + 1 || language.between.has(tokens[start - 1]?.lower ?? '')) continue;
    // A third of its kind makes it an enumeration, which one question asks better.
    const beside = [tokens[start - 1], tokens[end]];
    if (beside.some((token) => token?.text === ',' || and.has(token?.lower ?? ''))) continue;
    // "Where are X and Y located?", but not "Who are X and Y?", who may well be a pair.
    const asksOfBoth = start === 2 && isPlural(tokens[1]!.lower, language) && end < tokens.length;
    const isSubject = opensWithPlural || asksOfBoth || (start === 0 && isPlural(tokens[end]?.lower ?? '', language));
    if (!marked && !isSubject) continue;
    const head = tokens.slice(0, start === 0 ? 0 : sharedNounStart(tokens, start, language));
    const tail = tokens.slice(end).filter(({ lower }) => !both.has(lower));
    const rewritten = (x: string): string => {
      const before = head.map(({ text, lower }) => auxiliaries.get(lower) ?? text);
      // The verb after a subject that comes first: "X and Y are …" becomes "X is …".
      const after = tail.map(({ text, lower }, index) =>
        start === 0 && index === 0 ? (auxiliaries.get(lower) ?? text) : text,
      );
      const text = joinWords([...before, x, ...after]);
      return `${text.charAt(0).toUpperCase()}${text.slice(1)}?`;
    };
    return [textOfTokens(source, tokens, start, at), textOfTokens(source, tokens, at + 1, end)].map(rewritten);
  }
  return undefined;
}

function isPlural(word: string, { auxiliaries }: RuleLanguage): boolean {
  return auxiliaries.has(word) && auxiliaries.get(word) !== word;
}

/** `both` before the first of the two, and "the flowering plants" before them: what both are is no part of the one. */
function sharedNounStart(tokens: readonly Token[], start: number, language: RuleLanguage): number {
  const { both, articles, auxiliaries } = language;
  if (both.has(tokens[start - 1]!.lower)) return start - 1;
  for (let at = start - 1; at > 0 && start - at <= 4; at--) {
    if (!isWord(tokens[at])) return start;
    const opens = articles.has(tokens[at]!.lower) || both.has(tokens[at]!.lower);
    if (opens && auxiliaries.has(tokens[at - 1]!.lower)) return at;
  }
  return start;
}

/** Words with spaces, except before punctuation and genitives. */
export function joinWords(words: readonly string[]): string {
  return words
    .filter((word) => word !== '')
    .join(' ')
    .replace(/ ([,;:.!?)]|['’]s\b)/g, '$1');
}
