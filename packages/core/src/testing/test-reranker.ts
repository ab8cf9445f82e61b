// Longer than most files: the laws stand here as one list, so that they can be read as one.
import { checkInteger, checkOptionNames } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import { cascade } from '../rerank/cascade.ts';
import { inputOrder } from '../rerank/input-order.ts';
import type { Candidate, Ranking, Reranker, RerankOptions } from '../types.ts';
import { arbitraryList, type MakeCandidate } from './arbitrary-lists.ts';
import { deepFreeze, sameSnapshot, snapshot } from './frozen.ts';
import { holds, type Law, register, type RegisterTest } from './law.ts';
import { loadFastCheck } from './load-fast-check.ts';
import {
  keepsAll,
  neverRises,
  ownCandidates,
  sameOrder,
  scoresAreNamed,
  tiesKeepOrder,
  wellFormed,
} from './ranking-laws.ts';

export interface TestRerankerOptions {
  /** `test` of vitest, Jest or node:test: every law is registered with it. Without it, run the laws that are returned. */
  readonly test?: RegisterTest | undefined;
  /** Random lists per law, at least 1. Default 30. Lower it for slow models and paid services. */
  readonly runs?: number | undefined;
  /** Candidates per list, at most; at least 1. Default 8. */
  readonly maxCandidates?: number | undefined;
  /** Repeats a failure: the seed that fast-check reported. */
  readonly seed?: number | undefined;
  /** Milliseconds that vitest or Jest allow for each law; node:test does not read it. Default: the framework's own. */
  readonly timeoutMs?: number | undefined;
  /** The query. Default: a short question. */
  readonly query?: string | undefined;
  /** Adds what the reranker needs (vectors, signals, own fields) to a generated candidate; return a new object. */
  readonly makeCandidate?: MakeCandidate | undefined;
  /** True for one that drops candidates by design, as `cut` does. Default false: all must come back. */
  readonly drops?: boolean | undefined;
  /** False for one that may answer the same call differently: laws that compare two calls are left out. Default true. */
  readonly deterministic?: boolean | undefined;
}

const optionNames = ['test', 'runs', 'maxCandidates', 'seed', 'timeoutMs', 'query', 'makeCandidate', 'drops', 'deterministic']; // prettier-ignore

/**
 * The laws of a reranker as property tests: what every wrapper, cascade and adapter relies on.
 *
 * @example
 * import { test } from 'vitest'; // or 'node:test', or Jest's global
 * testReranker('mine', () => loadMyReranker(), { test });
 * @param reranker it, or a function that makes it, called once when the first law runs
 * @returns the laws, in the order in which they are registered; each `run()` rejects with a counterexample
 * @throws SecondpassError `invalid-argument` for an option that is unknown or out of its range; `missing-dependency`
 *   from `run()` if `fast-check` is not installed
 */
export function testReranker(
  name: string,
  reranker: Reranker | (() => Reranker | Promise<Reranker>),
  options: TestRerankerOptions = {},
): readonly Law[] {
  checkOptionNames(options, optionNames, 'testReranker()');
  for (const key of ['runs', 'maxCandidates'] as const) checkInteger(key, options[key], 1);
  const { runs = 30, maxCandidates = 8, seed, drops = false, deterministic = true } = options;
  const { query = 'who wrote Dune?', makeCandidate = (candidate: Candidate) => candidate } = options;
  let made: Promise<Reranker> | undefined;
  const subject = (): Promise<Reranker> => (made ??= Promise.resolve(typeof reranker === 'function' ? reranker() : reranker)); // prettier-ignore

  type Check = (
    rerank: (options?: RerankOptions) => Promise<Ranking>,
    list: readonly Candidate[],
    subject: Reranker,
  ) => Promise<void>;
  const laws: Law[] = [];
  const law = (name: string, check: Check, minLength = 0): void => {
    const run = async (): Promise<void> => {
      const fc = await loadFastCheck();
      const it = await subject();
      const lists = arbitraryList(fc, maxCandidates, makeCandidate).filter((list) => list.length >= minLength);
      const holdsFor = fc.asyncProperty(lists, (list) => check((some) => it.rerank(query, list, some), list, it));
      await fc.assert(holdsFor, { numRuns: runs, includeErrorInReport: true, ...(seed !== undefined && { seed }) });
    };
    laws.push({ name, run });
  };

  law('returns its own candidates, each at most once, the same objects', async (rerank, list) =>
    ownCandidates(await rerank(), list),
  );
  if (!drops) law('keeps every candidate', async (rerank, list) => keepsAll(await rerank(), list));
  law('scores never rise within what one reranker placed', async (rerank) => neverRises(await rerank()));
  law('ties and what nobody placed keep their input order', async (rerank) => tiesKeepOrder(await rerank()), 2);
  law('a score is finite and belongs to who placed it', async (rerank) => scoresAreNamed(await rerank()));
  law('results, notes and runs are well-formed lists', async (rerank) => wellFormed(await rerank()));
  law('an empty list gives an empty list', async (_rerank, _list, it) => {
    const { results } = await it.rerank(query, []);
    holds(results.length === 0, () => `an empty list gave ${results.length} result(s)`);
  });
  law('changes nothing that is passed in', async (rerank, list) => {
    const before = snapshot(list);
    await rerank();
    holds(sameSnapshot(before, snapshot(list)), () => 'a candidate, or the list, was changed');
  });
  law('accepts frozen input', async (rerank, list) => {
    deepFreeze(list);
    await rerank(Object.freeze({}));
  });
  if (deterministic) {
    law('topK is a prefix of the whole', async (rerank, list) => {
      const whole = (await rerank()).results;
      for (const topK of new Set([0, 1, Math.ceil(list.length / 2), list.length, list.length + 1])) {
        const { results } = await rerank({ topK });
        sameOrder(results, whole.slice(0, topK), `topK ${topK} against the first ${topK} of the whole`);
      }
    });
    law('minScore drops what is scored below it, and nothing else', async (rerank) => {
      const whole = (await rerank()).results;
      const scores = whole.flatMap(({ score }) => score ?? []);
      const middle = scores[Math.floor(scores.length / 2)];
      if (!middle || scores.some(({ kind }) => kind !== middle.kind)) return;
      const { results } = await rerank({ minScore: { kind: middle.kind, value: middle.value } });
      const expected = whole.filter(({ score }) => !score || score.value >= middle.value);
      sameOrder(results, expected, `minScore ${middle.value} against the whole without what is below`);
    });
    law('inputOrder before or after it in a cascade changes nothing', async (rerank, list, it) => {
      const alone = (await rerank()).results;
      sameOrder((await cascade(inputOrder, it).rerank(query, list)).results, alone, 'inputOrder first');
      sameOrder((await cascade(it, inputOrder).rerank(query, list)).results, alone, 'inputOrder last');
    });
    law('cascades of it are associative', async (_rerank, list, it) => {
      const left = await cascade(cascade(it, inputOrder), it).rerank(query, list);
      const right = await cascade(it, cascade(inputOrder, it)).rerank(query, list);
      sameOrder(left.results, right.results, '(it > inputOrder) > it against it > (inputOrder > it)');
    });
  }
  law('an aborted signal rejects', async (rerank) => {
    const reason = new Error('aborted by the law');
    await rerank({ signal: AbortSignal.abort(reason) }).then(
      () => holds(false, () => 'it answered although its signal was aborted'),
      () => {},
    );
  });
  law('an unknown option rejects', async (rerank) => {
    await rerank({ topkk: 1 } as never).then(
      () => holds(false, () => 'it answered although an option was misspelt'),
      (error: unknown) => {
        const right = SecondpassError.isInstance(error) && error.code === 'invalid-argument';
        holds(right, () => `a misspelt option rejected with ${String(error)}, not with invalid-argument`);
      },
    );
  });
  law('a deadline that has passed gives a whole ranking, or timed-out', async (rerank, list) => {
    const ranking = await rerank({ deadline: Date.now() - 1000 }).catch((error: unknown) => {
      const right = SecondpassError.isInstance(error) && error.code === 'timed-out';
      holds(right, () => `a passed deadline rejected with ${String(error)}`);
    });
    if (!ranking) return;
    ownCandidates(ranking, list);
    if (!drops) keepsAll(ranking, list);
  });
  law('an observer cannot steer', async (rerank, list) => {
    ownCandidates(await rerank({ onEvent: throwing }), list);
  });
  return register(name, laws, options);
}

function throwing(): never {
  throw new Error('thrown by an observer');
}
