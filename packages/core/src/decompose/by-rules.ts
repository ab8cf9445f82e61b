import { checkOptionNames } from '../check.ts';
import { textOf } from '../content.ts';
import { SecondpassError } from '../errors.ts';
import type { Answer, Decomposer, SubQuestion } from '../types.ts';
import { findChoice } from './rules/alternatives.ts';
import { askOfOne } from './rules/ask-of-one.ts';
import { bare, unnest } from './rules/unnest.ts';
import { splitClauses } from './rules/clauses.ts';
import { splitCoordination } from './rules/coordination.ts';
import { english } from './rules/english.ts';
import type { RuleLanguage } from './rules/language.ts';
import { tokenise } from './rules/tokens.ts';

/** Longer than any question: such text is passed by, so that no input can cost more than a question does. */
const longestQuestion = 2000;

/**
 * Decomposes questions by rules of grammar, without a model: comparisons (`Which is older, X or Y?`), questions about
 * two things (`Are both X and Y …?`), joined clauses, and nested descriptions (`the director of the film that …`), which
 * are asked first and whose answer the next part needs as `#1`.
 *
 * Precision before recall: what fits no rule stays one question, `[]`; so does what is no question at all.
 * @param options.language default English; see `RuleLanguage` for what another one needs
 */
export function decomposeByRules(options?: { readonly language?: RuleLanguage | undefined }): Decomposer {
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
  if (
    !isQuestion(
      text,
      tokens.map(({ lower }) => lower),
      language,
    )
  )
    return [];
  const choice = findChoice(text, tokens, language);
  const sides = choice
    ? choice.alternatives.map((x) => askOfOne(choice.asked, x, language))
    : [splitClauses(text, tokens, language), splitCoordination(text, tokens, language)].find((list) => list.length > 0);
  if (!sides || sides.length < 2) return unnest(text, language);
  const parts: SubQuestion[] = [];
  for (const [index, side] of sides.entries()) {
    // What is asked of each alternative is the same; only an alternative that is itself described is unnested.
    const hops = choice && !isDescribed(choice.alternatives[index]!, language) ? [] : unnest(side, language);
    const shift = parts.length;
    if (hops.length === 0) parts.push({ text: side });
    for (const { text: hop, needs } of hops) {
      const moved = hop.replace(/#(\d{1,4})/g, (_, digits: string) => `#${Number(digits) + shift}`);
      parts.push({ text: moved, ...(needs.length > 0 && { needs: needs.map((need) => need + shift) }) });
    }
  }
  return parts;
}

/** Ends with a question mark, or begins as questions and requests to compare do. */
function isQuestion(text: string, words: readonly string[], language: RuleLanguage): boolean {
  const first = words[0] ?? '';
  return (
    text.endsWith('?') ||
    language.questionWords.has(first) ||
    language.auxiliaries.has(first) ||
    language.difference.has(first) ||
    language.compare.has(first) ||
    words.some((word) => word === 'vs' || word === 'vs.' || word === 'versus') ||
    (language.prepositions.has(first) && language.questionWords.has(words[1] ?? ''))
  );
}

function isDescribed(alternative: string, { articles }: RuleLanguage): boolean {
  const [first, second] = tokenise(alternative);
  return articles.has(first?.lower ?? '') && /^\p{Ll}/u.test(second?.text ?? '');
}
