// The suite itself on trial: one broken reranker per law, which that law must reject; and sound ones, which all must pass.
import {
  byScore,
  type Candidate,
  cascade,
  cut,
  inputOrder,
  type Ranked,
  type Ranking,
  type Reranker,
  type RerankOptions,
  window,
  withFallback,
  withLimit,
  withCache,
  withRetry,
  withTimeout,
  withTracing,
} from '@secondpass/core';
import { failingScorer, noisyScorer, scriptedScorer, slowScorer, testReranker } from '@secondpass/core/testing';
import { describe, expect, test } from 'vitest';
import { SecondpassError } from '../../src/errors.ts';

const lengths = scriptedScorer(({ content }) => (content.length === 0 ? undefined : content.length % 4));
const sound = byScore(lengths);

/** Does what the sound one does, and then breaks something. */
const broken = (
  breaks: (ranking: Ranking, list: readonly Candidate[], options?: RerankOptions) => Ranking,
): Reranker => ({
  name: 'broken',
  rerank: async (query, list, options) => breaks(await sound.rerank(query, list, options), list, options) as never,
});
const withResults = (ranking: Ranking, change: (results: Ranked[]) => Ranked[]): Ranking => ({
  ...ranking,
  results: change([...ranking.results]),
});
const ignoring = (option: 'topK' | 'minScore' | 'signal'): Reranker => ({
  name: `ignores ${option}`,
  rerank: (query, list, options) => sound.rerank(query, list, { ...options, [option]: undefined }),
});
const scored = (results: Ranked[]) => results.filter(({ score }) => score);

describe('each law rejects who breaks it', () => {
  const cases: [law: string, culprit: Reranker][] = [
    [
      'returns its own candidates',
      broken((r) => withResults(r, (all) => all.map((it) => ({ ...it, candidate: { ...it.candidate } })))),
    ],
    ['returns its own candidates', broken((r) => withResults(r, (all) => [...all, ...all.slice(0, 1)]))],
    [
      'returns its own candidates',
      broken((r) => withResults(r, (all) => all.map((it) => ({ ...it, originalIndex: 0 })))),
    ],
    ['keeps every candidate', broken((r) => withResults(r, (all) => scored(all)))],
    ['keeps every candidate', cut(3)],
    ['scores never rise', broken((r) => withResults(r, (all) => all.toReversed()))],
    [
      'ties and what nobody placed keep their input order',
      broken((r) => withResults(r, (all) => all.sort((a, b) => (b.score?.value ?? -1) - (a.score?.value ?? -1) || b.originalIndex - a.originalIndex))), // prettier-ignore
    ],
    [
      'a score is finite',
      broken((r) =>
        withResults(r, (all) => all.map((it) => ({ ...it, ...(it.score && { placedBy: 'someone else' }) }))),
      ),
    ],
    ['results, notes and runs', broken((r) => ({ ...r, runs: undefined as never }))],
    ['results, notes and runs', broken((r) => ({ ...r, notes: [{ code: 'unscored' } as never] }))],
    ['an empty list', broken((r, list) => (list.length > 0 ? r : { ...r, results: [{ candidate: { id: '', content: '' }, originalIndex: 0 }] }))], // prettier-ignore
    ['changes nothing', broken((r, list) => (list.forEach((it) => Object.assign(it, { seen: true })), r))],
    ['changes nothing', broken((r, list) => ((list as Candidate[]).sort((a, b) => (a.id < b.id ? -1 : 1)), r))],
    ['accepts frozen input', broken((r, list) => (Object.assign(list[0] ?? {}, { rank: 1 }), r))],
    ['topK is a prefix', ignoring('topK')],
    ['topK is a prefix', { name: 'early topK', rerank: async (q, list, o) => sound.rerank(q, list.slice(0, o?.topK), o) }], // prettier-ignore
    ['minScore drops', ignoring('minScore')], // prettier-ignore
    ['minScore drops', broken((r, _list, o) => (o?.minScore ? withResults(r, (all) => scored(all)) : r))],
    [
      'inputOrder before or after',
      // Answers differently when it meets a candidate again.
      (() => {
        const seen = new WeakSet<object>();
        const rerank: Reranker['rerank'] = async (q, list, o) =>
          seen.has(list[0] ?? seen)
            ? inputOrder.rerank(q, list, o)
            : (seen.add(list[0] ?? seen), sound.rerank(q, list, o));
        return { name: 'remembers', rerank };
      })(),
    ],
    [
      'cascades of it are associative',
      (() => {
        let calls = 0;
        return { name: 'counts', rerank: (q, list, o) => (calls++ % 5 < 2 ? sound : inputOrder).rerank(q, list, o) };
      })(),
    ],
    ['an aborted signal', ignoring('signal')],
    ['an unknown option', { name: 'lenient', rerank: (q, list, o) => sound.rerank(q, list, { topK: o?.topK }) }],
    [
      'a deadline that has passed',
      broken((r, _list, o) => {
        if ((o?.deadline ?? Infinity) < Date.now()) throw new Error('too late');
        return r;
      }),
    ],
    ['a deadline that has passed', broken((r, _list, o) => ((o?.deadline ?? Infinity) < Date.now() ? { ...r, results: [] } : r))], // prettier-ignore
    ['an observer cannot steer', broken((r, _list, o) => (o?.onEvent?.({ type: 'rerank-start', by: 'broken', candidates: 0 }), r))], // prettier-ignore
  ];

  test.each(cases)('%s', async (name, culprit) => {
    const law = testReranker('broken', culprit, { seed: 7, runs: 60 }).find((law) =>
      law.name.startsWith(`broken: ${name}`),
    );
    await expect(law!.run()).rejects.toThrow(/Property failed/);
    await testReranker('sound', sound, { seed: 7 })
      .find((law) => law.name.startsWith(`sound: ${name}`))!
      .run();
  });

  test('every law has someone who breaks it', () => {
    for (const { name } of testReranker('x', sound)) {
      expect(
        cases.some(([law]) => name.startsWith(`x: ${law}`)),
        name,
      ).toBe(true);
    }
  });
});

describe('sound rerankers pass every law', () => {
  const failing = byScore(failingScorer(lengths, new SecondpassError('overloaded', 'full')));
  testReranker('inputOrder', inputOrder, { test });
  testReranker('byScore', sound, { test });
  testReranker('cut', cut(3), { test, drops: true });
  testReranker('window', window(sound, 3), { test });
  testReranker('cascade', cascade(sound, cut(5), window(byScore(scriptedScorer({ a: 1, b: 0, c: 1 }, { name: 'table' })), 4)), { test, drops: true }); // prettier-ignore
  testReranker('byScore of a cache', byScore(withCache(lengths, { maxEntries: 3 })), { test });
  testReranker('withTimeout', withTimeout(byScore(slowScorer(lengths, 0)), 10_000), { test });
  testReranker('withFallback', withFallback(failing, sound), { test });
  testReranker('withRetry', () => withRetry(byScore(failingScorer(lengths, new SecondpassError('overloaded', 'full'), { times: 2 })), { baseDelayMs: 0 }), { test }); // prettier-ignore
  testReranker('withLimit', withLimit(sound, { concurrency: 1 }), { test });
  testReranker('withTracing', withTracing(sound), { test });
  testReranker('one that is not deterministic', byScore(noisyScorer(lengths, 2)), { test, deterministic: false });
});

test('laws that compare two calls reject what is not deterministic, and are left out when that is said', async () => {
  const noisy = byScore(noisyScorer(lengths, 2));
  const law = testReranker('noisy', noisy).find(({ name }) => name.includes('topK'))!;
  await expect(law.run()).rejects.toThrow('against the first');
  const names = testReranker('noisy', noisy, { deterministic: false }).map(({ name }) => name);
  expect(names.filter((name) => /topK|minScore|cascade/.test(name))).toEqual([]);
});

const losing = async (): Promise<string> => {
  const law = testReranker('x', cut(0), { seed: 3 }).find(({ name }) => name.includes('keeps'))!;
  return await law.run().then(
    () => 'it passed',
    (error: Error) => error.message,
  );
};

test('a failure says what was seen and for which list; a seed repeats it', async () => {
  const first = await losing();
  expect(first).toContain('Counterexample');
  expect(first).toContain('is lost');
  expect(await losing()).toBe(first);
});

const makeCandidate = (given: Candidate): Candidate => ({ ...given, signals: { bm25: given.content.length } });

test('makeCandidate adds what a reranker needs; the factory is called once', async () => {
  let made = 0;
  const picky = () => {
    made++;
    return byScore(scriptedScorer(({ signals }) => (signals ? signals['bm25'] : Number.NaN)));
  };
  for (const law of testReranker('picky', picky, { makeCandidate })) await law.run();
  expect(made).toBe(1);
});

test('options are checked, and a timeout is handed to the framework only where it is set', () => {
  expect(() => testReranker('x', sound, { run: 3 } as never)).toThrow('did you mean "runs"?');
  const given: unknown[][] = [];
  testReranker('x', sound, { test: (...args) => given.push(args) });
  testReranker('x', sound, { test: (...args) => given.push(args), timeoutMs: 5 });
  expect(new Set(given.map((args) => args.length))).toEqual(new Set([2, 3]));
  expect(given.every((args) => (args[1] as () => void).length === 0)).toBe(true); // Jest takes a parameter for a callback.
});
