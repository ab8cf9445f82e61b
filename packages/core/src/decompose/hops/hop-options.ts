import { checkInteger, checkNumber, checkOptionNames } from '../../check.ts';
import { checkRole } from '../../check-role.ts';
import { SecondpassError } from '../../errors.ts';
import type { FusionKey } from '../../fusion/pool.ts';
import type { Candidate, Scorer } from '../../types.ts';
import type { Answerer } from '../answer-part.ts';
import { checkAnswerParts } from '../gather-options.ts';

export interface HopOptions<C extends Candidate = Candidate> {
  /** How many times the search goes on from what it found. 0 is a search without hops. Default 3. */
  readonly hops?: number | undefined;
  /** How many passages of a question are read for guesses at its answer, the first 5,000 characters of each. Default 2. */
  readonly passages?: number | undefined;
  /** How many guesses are followed per question. Default 4. */
  readonly guesses?: number | undefined;
  /**
   * Chooses what is read for guesses: the passages of the first ten that it scores highest, and of these the sentences.
   * Without one, passages are read in the order in which they were found, and sentences judged by shared words.
   */
  readonly scorer?: Scorer | undefined;
  /**
   * With a scorer of logits or probabilities: the search does not go on once every part (without parts: the question)
   * has found a passage of at least this probability, above 0 to 1. Default: it always goes on.
   */
  readonly enough?: number | undefined;
  /** Reads the answer instead of guessing it; where it knows none, guesses are followed. */
  readonly answerer?: Answerer | undefined;
  /** `'all'`: parts whose answer no other part needs are answered at the end, for `rerankByParts`. Default `'needed'`. */
  readonly answerParts?: 'needed' | 'all' | undefined;
  /** How many candidates each retriever is asked for, for the question and for what hangs on no answer. Default 50. */
  readonly depthPerPart?: number | undefined;
  /** The same for each guess. Default 10. */
  readonly depthPerGuess?: number | undefined;
  /** How many questions are asked at most, the original and all guesses included. Default 24. */
  readonly maxQueries?: number | undefined;
  /** How long one retrieval, or one answer, may take, in milliseconds, within the deadline. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Weight of each retriever by name, default 1. */
  readonly weights?: Readonly<Record<string, number | undefined>> | undefined;
  /** Which candidates are the same thing. Default `'id'`. */
  readonly key?: FusionKey<C> | undefined;
  /** How many fused candidates go on to the reranker; the rest are dropped. Default: all. */
  readonly poolLimit?: number | undefined;
}

const optionNames =
  'hops passages guesses scorer enough answerer answerParts depthPerPart depthPerGuess maxQueries timeoutMs weights key poolLimit'.split(
    ' ',
  );

/** Checks what belongs to the hops; the rest is checked with the retrievers. */
export function checkHopOptions(options: HopOptions<never>): void {
  checkOptionNames(options, optionNames, 'searchByHops()');
  const { hops, passages, guesses, depthPerGuess, poolLimit, enough, scorer } = options;
  for (const [name, value] of Object.entries({ passages, guesses, depthPerGuess })) checkInteger(name, value, 1);
  checkInteger('hops', hops, 0);
  checkInteger('poolLimit', poolLimit, 1);
  if (scorer !== undefined) checkRole(scorer, 'score', 'The option scorer of searchByHops()');
  checkEnough(enough, scorer);
  checkAnswerParts(options);
}

function checkEnough(enough: number | undefined, scorer: Scorer | undefined): void {
  checkNumber('enough', enough, Number.MIN_VALUE, 1);
  if (enough === undefined || scorer?.kind === 'logit' || scorer?.kind === 'probability') return;
  const fact = scorer ? `${scorer.name} gives scores of kind ${scorer.kind}` : 'there is no scorer';
  const way = 'pass a scorer of logits or probabilities, such as calibrated(…).';
  throw new SecondpassError('invalid-argument', `enough is a probability and ${fact}: ${way}`);
}
