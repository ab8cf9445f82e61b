import type { SubQuestion } from '../../search-types.ts';
import type { CallOptions, Candidate, Note, Run } from '../../types.ts';
import { answerPart, type Answerer } from '../answer-part.ts';
import { folded } from '../distinct-parts.ts';
import type { Guess } from './guess-answers.ts';
import { looksThrough, type Reader } from './reader.ts';
import { topOf } from './top-of.ts';
import { theQuestion, type Trail } from './trail.ts';

export interface AnswersOptions<C extends Candidate> {
  readonly trail: Trail<C>;
  readonly parts: readonly SubQuestion[];
  /** The question as the user asked it. */
  readonly whole: string;
  readonly reader: Reader<C>;
  readonly answerer: Answerer | undefined;
  readonly passages: number;
  readonly timeoutMs: number;
}

/** What answers the parts of a question, from what was found for them. */
export interface Answers {
  /** What the answerer said, by part. */
  readonly told: ReadonlyMap<number, string>;
  /** Has the answerer answer a part, once. */
  answer(index: number): Promise<string | undefined>;
  /** Its answer, or without one the reader's guesses, likeliest first; for the question itself guesses alone. */
  guesses(index: number): Promise<readonly Guess[]>;
}

/** @param report where notes and runs go */
export function answersOf<C extends Candidate>(
  { trail, parts, whole, reader, answerer, passages, timeoutMs }: AnswersOptions<C>,
  call: CallOptions,
  report: { readonly notes: Note[]; readonly runs: Run[] },
): Answers {
  const told = new Map<number, string>();
  const wordingOf = (index: number): string =>
    index === theQuestion ? whole : (trail.found(index)[0]?.question ?? parts[index]!.text);
  const readable = (index: number): readonly C[] =>
    topOf(trail.found(index), Math.max(passages, looksThrough), trail.identity);
  const ask = async (index: number): Promise<string | undefined> => {
    const read = readable(index).slice(0, passages);
    return await answerPart(answerer!, wordingOf(index), read, call, timeoutMs, report);
  };
  /** By wording: two parts that came to ask the same have one answer. */
  const asked = new Map<string, Promise<string | undefined>>();
  const answer = async (index: number): Promise<string | undefined> => {
    if (!answerer || index === theQuestion) return undefined;
    const key = folded(wordingOf(index));
    if (!asked.has(key)) asked.set(key, ask(index));
    const said = await asked.get(key);
    if (said) told.set(index, said);
    return said;
  };
  return {
    told,
    answer,
    async guesses(index) {
      const said = await answer(index);
      if (said) return [{ text: said, because: `${answerer!.name}: ${said}` }];
      return await reader.guess(wordingOf(index), readable(index));
    },
  };
}
