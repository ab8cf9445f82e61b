import { checkOptionNames } from '../check.ts';
import { textOf } from '../content.ts';
import { SecondpassError } from '../errors.ts';
import type { Decomposer, SubQuestion } from '../search-types.ts';
import type { Answer } from '../types.ts';
import { findChoice } from './rules/alternatives.ts';
import { askOfOne } from './rules/ask-of-one.ts';
import { bare, unnest } from './rules/unnest.ts';
import { splitClauses } from './rules/clauses.ts';
import { splitCoordination } from './rules/coordination.ts';
import { english } from './rules/english.ts';
import type { RuleLanguage } from './rules/language.ts';
import { tokenise, type Token } from './rules/tokens.ts';

/** Longer than any question: such text is passed by, so that no input can cost more than a question does. */
const longestQuestion = 2000;

/**
 * Decomposes questions by rules of grammar, without a model: comparisons (`Which is older, X or Y?`), questions about
 * two things (`Are both X and Y …?`), joined questions (`Who wrote the report, and when was it changed?`), and nested
 * descriptions (`the director of the film that …`), which are asked first and whose answer the next part needs as `#1`.
 *
 * Precision before recall: what fits no rule stays one question, `[]`; so does what is no question at all.
 */
export function decomposeByRules(options?: {
  /** Default English; see `RuleLanguage` for what another one needs. */
  readonly language?: RuleLanguage | undefined;
}): Decomposer {
  checkOptionNames(options, ['language'], 'decomposeByRules()');
  const language = options?.language ?? english;
  if (typeof language?.tag !== 'string' || !(language.questionWords instanceof Set)) {
    throw new SecondpassError('invalid-argument', 'language must be a RuleLanguage, such as the exported `english`.');
  }
  const name = `rules(${language.tag})`;
  return {
    name,
    async decompose(question, callOptions): Promise<Answer<readonly SubQuestion[]>> {
      callOptions?.signal?.throwIfAborted();
      const text = textOf(question).trim();
      if (text.length <= longestQuestion) return { value: split(text, language) };
      const message = `A text of ${text.length} characters is no question (at most ${longestQuestion}); it is searched as it is.`;
      return { value: [], notes: [{ code: 'not-decomposed', by: name, message }] };
    },
  };
}

/** Side by side first, then what is nested within each side. */
function split(text: string, language: RuleLanguage): readonly SubQuestion[] {
  const tokens = bare(tokenise(text));
  if (tokens.length < 3 || !isQuestion(text, tokens, language) || !canBeRead(text, tokens, language)) return [];
  const choice = findChoice(text, tokens, language);
  const sides = choice
    ? choice.alternatives.map((x) => askOfOne(choice.asked, x, language))
    : [splitClauses(text, tokens, language), splitCoordination(text, tokens, language)].find((list) => list.length > 0);
  const parts: SubQuestion[] = [];
  /** The part that answers the first side. */
  let first = 0;
  for (const [index, side] of (sides ?? [text]).entries()) {
    // What is asked of each alternative is the same; only an alternative that is itself described is unnested.
    const hops = choice && !isDescribed(choice.alternatives[index]!, language) ? [] : unnest(side, language);
    const shift = parts.length;
    for (const { text: hop } of hops.length === 0 && sides ? [{ text: side }] : hops) {
      const needs = new Set<number>();
      const moved = hop.replace(/#(\d{1,4})/g, (_, digits: string) => {
        const need = digits === '0' ? first : Number(digits) - 1 + shift;
        needs.add(need);
        return `#${need + 1}`;
      });
      parts.push({ text: moved, ...(needs.size > 0 && { needs: [...needs] }) });
    }
    if (index === 0) first = parts.length - 1;
  }
  return parts;
}

/** Ends with a question mark, or begins as questions and requests to compare do. */
function isQuestion(text: string, tokens: readonly Token[], language: RuleLanguage): boolean {
  const { questionWords, auxiliaries, difference, compare, versus, prepositions } = language;
  const [first, second] = tokens.map(({ lower }) => lower) as [string, string];
  const opens = [questionWords, auxiliaries, difference, compare].some((words) => words.has(first));
  const opensWithPreposition = prepositions.has(first) && questionWords.has(second);
  return text.endsWith('?') || opens || opensWithPreposition || tokens.some(({ lower }) => versus.has(lower));
}

/** What the rules would misread is left whole. */
function canBeRead(text: string, tokens: readonly Token[], language: RuleLanguage): boolean {
  // All in capitals: nothing tells names from words.
  if (!/\p{Ll}/u.test(text)) return false;
  // A statement and then a question about it: the parts would lose what "he" and "this" stand for.
  if (/\p{Ll}{3}\. {0,9}\p{Lu}/u.test(text) || tokens.some((_, at) => asksAnew(tokens, at, language))) return false;
  // "the #1 hit" would read as the answer to the first part.
  return !/#\d/.test(text);
}

/** "(We read it.) Who": a question's first word, with a capital, after a full stop. Not "K2 vs. Everest". */
function asksAnew(tokens: readonly Token[], at: number, { questionWords, auxiliaries }: RuleLanguage): boolean {
  const { text, lower } = tokens[at]!;
  const opens = /^\p{Lu}/u.test(text) && (questionWords.has(lower) || auxiliaries.has(lower));
  return opens && /^\p{Ll}+\.$/u.test(tokens[at - 1]?.text ?? '');
}

function isDescribed(alternative: string, { articles }: RuleLanguage): boolean {
  const [first, second] = tokenise(alternative);
  return articles.has(first?.lower ?? '') && /^\p{Ll}/u.test(second?.text ?? '');
}
