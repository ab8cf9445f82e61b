import type { RuleLanguage } from './language.ts';
import { isName as looksLikeName, type Token } from './tokens.ts';

/** A name by its look, and none of the words that a question begins with. */
export function isName(token: Token | undefined, { questionWords, auxiliaries, both }: RuleLanguage): boolean {
  if (!looksLikeName(token)) return false;
  const { lower } = token!;
  return !questionWords.has(lower) && !auxiliaries.has(lower) && !both.has(lower);
}

/**
 * Where the name that begins at `from` ends: as long as names follow, with small words between them (`Lord of the
 * Rings`). Returns `from` if no name begins there.
 */
export function nameEnd(tokens: readonly Token[], from: number, language: RuleLanguage): number {
  const { nameConnectors, articles, and } = language;
  let at = from;
  // "the Dutch Shepherd", "a barrel roll": an article may open a name.
  if (articles.has(tokens[at]?.lower ?? '') && isName(tokens[at + 1], language)) at++;
  if (!isName(tokens[at], language)) return from;
  let end = at + 1;
  for (at = end; at < tokens.length && at - end <= 2; at++) {
    const token = tokens[at]!;
    if (isName(token, language) || token.lower === "'s" || token.lower === '’s') end = at + 1;
    else if (!nameConnectors.has(token.lower) || and.has(token.lower)) break;
  }
  return end;
}

/** Where the name that ends just before `to` begins. Returns `to` if none does. */
export function nameStart(tokens: readonly Token[], to: number, language: RuleLanguage): number {
  const { nameConnectors, articles, and } = language;
  const last = tokens[to - 1];
  if (!isName(last, language) && !(last && /^['’]s$/.test(last.text) && isName(tokens[to - 2], language))) return to;
  let start = to - 1;
  for (let at = start; at >= 0 && start - at <= 2; at--) {
    const token = tokens[at]!;
    if (isName(token, language)) start = at;
    else if (!(nameConnectors.has(token.lower) || /^['’]s$/.test(token.text)) || and.has(token.lower)) break;
  }
  if (articles.has(tokens[start - 1]?.lower ?? '')) start--;
  return start;
}
