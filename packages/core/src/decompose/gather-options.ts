import { checkInteger, checkNumber, checkOptionNames, checkQuery } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { SecondpassError } from '../errors.ts';
import type { Retriever } from '../search-types.ts';
import type { CallOptions, Content } from '../types.ts';
import type { Answerer } from './answer-part.ts';

export interface GatherOptions extends CallOptions {
  /** How many candidates each retriever is asked for, per question; what it gives beyond is dropped. Default 50. */
  readonly depthPerPart?: number | undefined;
  /** How many questions are asked at most, the original included. Parts are dropped last-first, with a note. Default 8. */
  readonly maxQueries?: number | undefined;
  /** How long one retrieval, or one answer, may take, in milliseconds, within the deadline. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Weight of the original question beside its parts (1 each unless they say otherwise). Default 1. */
  readonly questionWeight?: number | undefined;
  /** Weight of each retriever by name, default 1: multiplies its pools' weights. */
  readonly weights?: Readonly<Record<string, number | undefined>> | undefined;
  /** Fills `#n`: parts that need an answer wait for it. Without one, all are asked at once, `#n` left out. */
  readonly answerer?: Answerer | undefined;
  /**
   * Which parts are answered: `'needed'`, those whose answer another part asks with (the default), or `'all'`. Each costs a
   * call of the answerer; what it buys is evidence for the last parts too, since `rerankByParts` looks for what holds the
   * answer.
   */
  readonly answerParts?: 'needed' | 'all' | undefined;
}

export const gatherOptionNames: readonly string[] = [
  'depthPerPart',
  'maxQueries',
  'timeoutMs',
  'questionWeight',
  'weights',
  'answerer',
  'answerParts',
];

/** Checks everything that `gather` is given, before any retriever is called. */
export function checkGather(question: Content, retrievers: readonly Retriever[], options: GatherOptions = {}): void {
  checkOptionNames(options, ['signal', 'deadline', 'onEvent', ...gatherOptionNames], 'gather()');
  checkQuery(question, 'gather()');
  checkRetrieval(retrievers, options);
  options.signal?.throwIfAborted();
}

/** That it names one of the choices, and that somebody is there who can answer. */
export function checkAnswerParts({ answerParts, answerer }: Pick<GatherOptions, 'answerParts' | 'answerer'>): void {
  if (answerParts !== undefined && answerParts !== 'needed' && answerParts !== 'all') {
    throw new SecondpassError('invalid-argument', `answerParts is "${String(answerParts)}"; known: needed, all.`);
  }
  if (answerer !== undefined) checkRole(answerer, 'answer', 'The option answerer');
  if (answerParts === 'all' && !answerer) {
    throw new SecondpassError('invalid-argument', 'answerParts is "all" and there is no answerer; pass one.');
  }
}

/**
 * The part of `gather`'s arguments that can be checked before there is a question: for who keeps them.
 * @throws SecondpassError `invalid-argument` for no retriever, two of one name, weights or numbers that cannot be, and
 *   what is no answerer
 */
export function checkRetrieval(retrievers: readonly Retriever[], options: GatherOptions = {}): void {
  checkInteger('depthPerPart', options.depthPerPart, 1);
  checkInteger('maxQueries', options.maxQueries, 1);
  checkNumber('timeoutMs', options.timeoutMs, 1);
  checkNumber('questionWeight', options.questionWeight, 0);
  checkAnswerParts(options);
  if (!Array.isArray(retrievers) || retrievers.length === 0) {
    throw new SecondpassError('invalid-argument', 'There is no retriever to ask; pass one, or an array of them.');
  }
  const names = new Set<string>();
  for (const retriever of retrievers as readonly Retriever[]) {
    if (typeof retriever?.retrieve !== 'function' || typeof retriever.name !== 'string') {
      throw new SecondpassError('invalid-argument', 'A retriever needs a name and a retrieve() function.');
    }
    if (names.has(retriever.name)) {
      throw new SecondpassError(
        'invalid-argument',
        `Two retrievers are named "${retriever.name}"; give each its own name, since pools and weights go by it.`,
      );
    }
    names.add(retriever.name);
  }
  for (const [name, weight] of Object.entries(options.weights ?? {})) {
    checkNumber(`weight of "${name}"`, weight, 0);
    if (names.has(name)) continue;
    const known = [...names].map((known) => `"${known}"`).join(', ');
    throw new SecondpassError(
      'invalid-argument',
      `There is a weight for "${name}" and no such retriever; they are ${known}.`,
    );
  }
}
