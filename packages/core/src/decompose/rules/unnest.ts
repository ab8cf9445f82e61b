import { askedOfLast } from './asked-of-last.ts';
import { genitive, reducedClause, relationOf, relativeClause, type Description } from './descriptions.ts';
import type { RuleLanguage } from './language.ts';
import { isName } from './names.ts';
import { isWord, textOfTokens, tokenise, type Token } from './tokens.ts';
import { isVerb } from './verbs.ts';

export interface Hop {
  readonly text: string;
  readonly needs: readonly number[];
}

/**
 * Unnests a question: `Who is the father of the person who issued the Tamworth manifesto?` becomes
 * `Which person issued the Tamworth manifesto?` and `Who is the father of #1?` A chain unnests from the inside out, at
 * most four times. A question without a nested description gives `[]`.
 */
export function unnest(question: string, language: RuleLanguage): readonly Hop[] {
  const hops: Hop[] = [];
  let source = question;
  for (let round = 0; round < 4; round++) {
    const tokens = bare(tokenise(source));
    if (tokens.length === 0) break;
    const found = findDescription(source, tokens, language);
    if (!found) break;
    hops.push({ text: found.question, needs: needsOf(found.question) });
    const before = textOfTokens(source, tokens, 0, found.from);
    const after = textOfTokens(source, tokens, found.to, tokens.length);
    source =
      [before, `#${hops.length}`, after]
        .filter((part) => part !== '')
        .join(' ')
        .replace(/ (['’]s\b|[,;:.])/g, '$1') + '?';
  }
  return hops.length === 0 ? [] : [...hops, { text: source, needs: needsOf(source) }];
}

/** Without the closing question mark. */
export function bare(tokens: Token[]): Token[] {
  let end = tokens.length;
  while (end > 0 && /^[?.!]$/.test(tokens[end - 1]!.text)) end--;
  return tokens.slice(0, end);
}

function needsOf(text: string): number[] {
  return [...new Set(Array.from(text.matchAll(/#(\d{1,4})/g), (match) => Number(match[1]) - 1))];
}

/** The last description that has one: what stands furthest right is nested deepest. */
function findDescription(source: string, tokens: readonly Token[], language: RuleLanguage): Description | undefined {
  for (let at = tokens.length - 1; at > 0; at--) {
    const found =
      askedOfLast(source, tokens, at, language) ??
      relativeClause(source, tokens, at, language) ??
      reducedClause(source, tokens, at, language) ??
      relationOf(source, tokens, at, language) ??
      genitive(source, tokens, at, language);
    if (found && stands(tokens, found, language)) return found;
  }
  return undefined;
}

/** Both halves must say something: the description must name something, the rest must ask for more than its name. */
function stands(tokens: readonly Token[], { from, to }: Description, language: RuleLanguage): boolean {
  const inside = tokens.slice(from, to);
  // "the page written, while who": two questions, not a description
  const joined = inside.findIndex(({ lower }) => language.clauseJoiners.has(lower));
  if (joined >= 0 && language.questionWords.has(inside[joined + 1]?.lower ?? '')) return false;
  const lowerCased = !tokens.slice(1).some((token) => /^\p{Lu}/u.test(token.text));
  const anchored =
    inside.some((token) => isName(token, language)) ||
    (lowerCased && inside.filter((t) => content(t, language)).length >= 4);
  // Without capitals nothing tells names from words, so only "the" says that one certain thing is meant.
  if (lowerCased && !language.definite.has(tokens[from]!.lower)) return false;
  // "What team was the winner of X?" asks what the winner is, nothing more.
  const be = tokens[from - 1]?.lower ?? '';
  const asksWhatItIs =
    to === tokens.length && language.choiceWords.has(tokens[0]!.lower) && language.auxiliaries.has(be);
  if (asksWhatItIs && from <= 4 && !language.prepositions.has(be) && !hasVerb(tokens.slice(0, from - 1), language))
    return false;
  const outside = [...tokens.slice(0, from), ...tokens.slice(to)];
  return anchored && outside.some((token) => content(token, language));
}

function hasVerb(tokens: readonly Token[], language: RuleLanguage): boolean {
  return tokens.some(({ text }) => isVerb(text, language));
}

function content(token: Token, language: RuleLanguage): boolean {
  const { lower } = token;
  return (
    isWord(token) &&
    !language.questionWords.has(lower) &&
    !language.auxiliaries.has(lower) &&
    !language.articles.has(lower) &&
    !language.prepositions.has(lower) &&
    !language.empty.has(lower) &&
    !language.pronouns.has(lower) &&
    !language.and.has(lower) &&
    !/^['’]s$/.test(lower)
  );
}
