import { isComparison } from './ask-of-one.ts';
import type { RuleLanguage } from './language.ts';
import { isName, nameEnd, nameStart } from './names.ts';
import { textOfTokens, type Token } from './tokens.ts';

/** A choice: the things to choose from, and the words of the question without them. */
export interface Choice {
  readonly alternatives: readonly string[];
  readonly asked: readonly Token[];
}

/**
 * Finds a choice among named things:
 *   `Which is older, X or Y?`   `Which building is taller X or Y?`   `Which director, X or Y, is known for …?`
 *   `Between X and Y, which came first?`
 */
export function findChoice(source: string, tokens: readonly Token[], language: RuleLanguage): Choice | undefined {
  return openedByBetween(source, tokens, language) ?? closedByOr(source, tokens, language);
}

function openedByBetween(source: string, tokens: readonly Token[], language: RuleLanguage): Choice | undefined {
  if (!language.between.has(tokens[0]?.lower ?? '')) return undefined;
  const ask = tokens.findIndex((token, at) => at > 2 && language.questionWords.has(token.lower));
  if (ask < 0) return undefined;
  const end = tokens[ask - 1]!.text === ',' ? ask - 1 : ask;
  const and = findLast(tokens, end, (token) => language.and.has(token.lower) || language.or.has(token.lower));
  if (and < 2) return undefined;
  const left = segments(tokens, 1, and).map(([from, to]) => trimNoun(tokens, from, to, language));
  const alternatives = [...left, [and + 1, end] as const].map(([from, to]) => textOfTokens(source, tokens, from, to));
  return usable(alternatives, tokens.slice(ask));
}

function closedByOr(source: string, tokens: readonly Token[], language: RuleLanguage): Choice | undefined {
  if (!opensAsChoice(tokens, language)) return undefined;
  const or = findLast(tokens, tokens.length - 1, (token) => language.or.has(token.lower));
  if (or < 3) return undefined;
  const comma = tokens.findIndex((token, at) => at > 0 && at < or - 1 && (token.text === ',' || token.text === ':'));
  if (comma > 0) {
    const right = predicateAfter(tokens, or, language);
    const asked = [...tokens.slice(0, comma), ...tokens.slice(right.next)];
    const rightEnd = right.end;
    const named = isName(tokens[comma + 1], language) || isName(tokens[comma + 2], language);
    if (!named && !compares(asked, language)) return undefined;
    const lefts = segments(tokens, comma + 1, or);
    const rights = segments(tokens, or + 1, rightEnd);
    // "Minden, Nevada or Gardnerville, Nevada": as many commas on either side belong to the names.
    const joined = lefts.length > 1 && lefts.length === rights.length;
    const left = joined ? [[lefts[0]![0], lefts.at(-1)![1]] as const] : lefts;
    const alternatives = [...left, [or + 1, rightEnd] as const].map(([from, to]) =>
      textOfTokens(source, tokens, from, to),
    );
    return usable(alternatives, asked);
  }
  const start = nameStart(tokens, or, language);
  const end = nameEnd(tokens, or + 1, language);
  if (start < 2 || end !== tokens.length || start === or) return undefined;
  const alternatives = [textOfTokens(source, tokens, start, or), textOfTokens(source, tokens, or + 1, end)];
  return usable(alternatives, tokens.slice(0, start));
}

/** Who, what, which, at the beginning: a list with "or" after a time or place question is not a choice. */
function opensAsChoice(tokens: readonly Token[], { questionWords, prepositions }: RuleLanguage): boolean {
  const first = tokens[0]?.lower ?? '';
  return questionWords.has(first) || (prepositions.has(first) && questionWords.has(tokens[1]?.lower ?? ''));
}

/** "…, X or Y, is known for Z": where Y ends, and where the question goes on. */
function predicateAfter(
  tokens: readonly Token[],
  or: number,
  { auxiliaries }: RuleLanguage,
): { readonly end: number; readonly next: number } {
  const comma = tokens.findIndex(
    (token, at) => at > or && token.text === ',' && auxiliaries.has(tokens[at + 1]?.lower ?? ''),
  );
  return comma < 0 ? { end: tokens.length, next: tokens.length } : { end: comma, next: comma + 1 };
}

export function compares(tokens: readonly Token[], language: RuleLanguage): boolean {
  return tokens.some(({ lower }) => isComparison(lower, language));
}

/** The stretches between commas, empty ones and a trailing comma left out. */
function segments(tokens: readonly Token[], from: number, to: number): (readonly [number, number])[] {
  const out: (readonly [number, number])[] = [];
  let start = from;
  for (let at = from; at <= to; at++) {
    if (at < to && tokens[at]!.text !== ',') continue;
    if (at > start) out.push([start, at]);
    start = at + 1;
  }
  return out;
}

/** "the documentaries The Staten Island Catapult": the noun that both share is no part of the name. */
function trimNoun(
  tokens: readonly Token[],
  from: number,
  to: number,
  language: RuleLanguage,
): readonly [number, number] {
  if (!language.articles.has(tokens[from]?.lower ?? '')) return [from, to];
  const name = tokens.findIndex((token, at) => at > from && at < to && isName(token, language));
  return name > from + 1 ? [name, to] : [from, to];
}

function usable(alternatives: readonly string[], asked: readonly Token[]): Choice | undefined {
  const distinct = new Set(alternatives.map((text) => text.toLowerCase()));
  if (distinct.size < 2 || alternatives.length > 6 || alternatives.some((text) => text === '')) return undefined;
  return { alternatives, asked };
}

function findLast(tokens: readonly Token[], before: number, test: (token: Token) => boolean): number {
  for (let at = before - 1; at >= 0; at--) if (test(tokens[at]!)) return at;
  return -1;
}
