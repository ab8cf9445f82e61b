import { checkInteger, checkNumber, checkOptionNames } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import type { Answer, CallOptions, Candidate, Scored, Scorer } from '../types.ts';
import { arbitraryList } from './arbitrary-lists.ts';
import { deepFreeze, sameSnapshot, snapshot } from './frozen.ts';
import { holds, type Law, register } from './law.ts';
import { loadFastCheck } from './load-fast-check.ts';
import type { TestRerankerOptions } from './test-reranker.ts';

export interface TestScorerOptions extends Omit<TestRerankerOptions, 'drops'> {
  /**
   * How far two scores of the same pair may lie apart, relative to their size where that is above 1. Default 1e-6;
   * 1e-4 suits 32-bit models in batches, quantized ones need what was measured for them.
   */
  readonly tolerance?: number | undefined;
}

const optionNames = ['test', 'runs', 'maxCandidates', 'seed', 'timeoutMs', 'query', 'makeCandidate', 'deterministic', 'tolerance']; // prettier-ignore

/**
 * The laws of a scorer as property tests. `pointwise` is taken at its word: a candidate gets the same score alone, in
 * company and in any order.
 * @param scorer it, or a function that makes it, called once when the first law runs
 * @returns the laws, in the order in which they are registered; each `run()` rejects with a counterexample
 * @throws SecondpassError `invalid-argument` for an option that is unknown or out of its range; `missing-dependency`
 *   from `run()` if `fast-check` is not installed
 */
export function testScorer(
  name: string,
  scorer: Scorer | (() => Scorer | Promise<Scorer>),
  options: TestScorerOptions = {},
): readonly Law[] {
  checkOptionNames(options, optionNames, 'testScorer()');
  for (const key of ['runs', 'maxCandidates'] as const) checkInteger(key, options[key], 1);
  checkNumber('tolerance', options.tolerance, 0);
  const { runs = 30, maxCandidates = 8, seed, deterministic = true, tolerance = 1e-6 } = options;
  const { query = 'who wrote Dune?', makeCandidate = (candidate: Candidate) => candidate } = options;
  let made: Promise<Scorer> | undefined;
  const subject = (): Promise<Scorer> => (made ??= Promise.resolve(typeof scorer === 'function' ? scorer() : scorer));

  type Score = (list: readonly Candidate[], options?: CallOptions) => Promise<Answer<Scored>>;
  const laws: Law[] = [];
  const law = (name: string, check: (score: Score, list: readonly Candidate[], it: Scorer) => Promise<void>): void => {
    const run = async (): Promise<void> => {
      const fc = await loadFastCheck();
      const it = await subject();
      const lists = arbitraryList(fc, maxCandidates, makeCandidate);
      const holdsFor = fc.asyncProperty(lists, (list) => check((some, more) => it.score(query, some, more), list, it));
      await fc.assert(holdsFor, { numRuns: runs, includeErrorInReport: true, ...(seed !== undefined && { seed }) });
    };
    laws.push({ name, run });
  };
  const near = (a: number | undefined, b: number | undefined): boolean =>
    a === undefined || b === undefined ? a === b : Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b));

  law('gives one score per candidate: a finite number of its kind, or undefined', async (score, list, { kind }) => {
    const { scores, details } = (await score(list)).value;
    holds(scores.length === list.length, () => `${scores.length} score(s) for ${list.length} candidate(s)`);
    holds(!details || details.length === list.length, () => `${details?.length} detail(s) for ${list.length}`);
    for (const [index, value] of Array.from(scores).entries()) {
      holds(value === undefined || Number.isFinite(value), () => `candidate ${index} is scored ${String(value)}`);
      const fits = kind !== 'probability' || value === undefined || (value >= 0 && value <= 1);
      holds(fits, () => `candidate ${index} has the probability ${value}`);
    }
  });
  law('an empty list gives no scores', async (score) => {
    const { scores } = (await score([])).value;
    holds(scores.length === 0, () => `an empty list gave ${scores.length} score(s)`);
  });
  law('changes nothing that is passed in', async (score, list) => {
    const before = snapshot(list);
    await score(list);
    holds(sameSnapshot(before, snapshot(list)), () => 'a candidate, or the list, was changed');
  });
  law('accepts frozen input', async (score, list) => void (await score(deepFreeze(list))));
  if (deterministic) {
    law('pointwise: the same score alone and in company', async (score, list, { pointwise }) => {
      if (!pointwise) return;
      const { scores } = (await score(list)).value;
      for (const [index, candidate] of list.entries()) {
        const alone = (await score([candidate])).value.scores[0];
        const together = scores[index];
        holds(near(alone, together), () => `candidate ${index} gets ${alone} alone and ${together} in company`);
      }
    });
    law('pointwise: the same scores in any order', async (score, list, { pointwise }) => {
      if (!pointwise) return;
      const forwards = Array.from((await score(list)).value.scores);
      const backwards = Array.from((await score(list.toReversed())).value.scores).reverse();
      const off = forwards.findIndex((value, index) => !near(value, backwards[index]));
      holds(off < 0, () => `candidate ${off} gets ${forwards[off]}, and ${backwards[off]} in the reversed list`);
    });
  }
  law('an aborted signal rejects', async (score, list) => {
    if (list.length === 0) return;
    await score(list, { signal: AbortSignal.abort(new Error('aborted by the law')) }).then(
      () => holds(false, () => 'it answered although its signal was aborted'),
      () => {},
    );
  });
  law('a deadline that has passed gives what it has, or timed-out', async (score, list) => {
    const answer = await score(list, { deadline: Date.now() - 1000 }).catch((error: unknown) => {
      const right = SecondpassError.isInstance(error) && error.code === 'timed-out';
      holds(right, () => `a passed deadline rejected with ${String(error)}`);
    });
    holds(!answer || answer.value.scores.length === list.length, () => 'scores are missing from the answer');
  });
  return register(name, laws, options);
}
