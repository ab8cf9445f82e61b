import type { Clause } from './clause.ts';
import type { RuleLanguage } from './language.ts';
import { asksAlike, lacksNoun, sharedNoun } from './shared-noun.ts';
import { standingAlone } from './standing-alone.ts';
import type { Token } from './tokens.ts';
import { saysTooLittle, topicOf } from './topic.ts';

/**
 * Questions joined into one: `When was X built and who designed it?`, `Was X a painter, while Y was a director?`, and
 * several questions in a row. Each must be answerable alone, so it is given what it takes from the first; where that
 * cannot be told, the question stays whole.
 */
export function splitClauses(source: string, tokens: readonly Token[], language: RuleLanguage): string[] {
  const cuts = cutsBetween(source, tokens, language);
  if (cuts.length === 0) return [];
  const firstEnd = cuts[0]!.end;
  const clauses: string[] = [];
  let from = 0;
  for (const { end: to, next } of [...cuts, { end: tokens.length, next: tokens.length }]) {
    if (to - from < 2) return [];
    const clause = standingAlone({ source, tokens, from, to, firstEnd, language });
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
    const next = (): Clause => {
      const to = clauseEnd(tokens, at + 1, language);
      return { source, tokens, from: at + 1, to, firstEnd: cuts[0]?.end ?? end, language };
    };
    if (text === '?' && (questionWords.has(opening.lower) || isCapitalAuxiliary(opening, language))) {
      cuts.push({ end: at, next: at + 1 });
    } else if (joins && last === '?' && questionWords.has(opening.lower)) {
      cuts.push({ end, next: at + 1 });
    } else if ((joins || text === ';') && asks && asksOnItsOwn(next())) {
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
function asksOnItsOwn(clause: Clause): boolean {
  const { tokens, from, to, language } = clause;
  const { auxiliaries, objectPronouns, articles, questionWords } = language;
  if (sharedNoun(clause)) return true;
  if (lacksNoun(clause)) {
    // "(How do I know which option is set) and which is not", but "(…) and which is the highest hill"
    const inside = tokens.slice(1, from).some(({ lower }) => questionWords.has(lower));
    if (inside || to - from < 5) return false;
  }
  const words = tokens.slice(from + 1);
  return (
    auxiliaries.has(words[0]?.lower ?? '') ||
    words.some(({ lower }) => objectPronouns.has(lower) || articles.has(lower)) ||
    asksAlike(clause) ||
    (saysTooLittle(clause) && topicOf(clause) !== '')
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
