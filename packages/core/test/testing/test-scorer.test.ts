// The suite for scorers on trial: one broken scorer per law, and sound ones.
import type { Candidate, Scorer } from '@secondpass/core';
import { withCache } from '@secondpass/core';
import { failingScorer, noisyScorer, scriptedScorer, slowScorer, testScorer } from '@secondpass/core/testing';
import { describe, expect, test } from 'vitest';

const sound = scriptedScorer(({ content }) => (content.length === 0 ? undefined : Math.sqrt(content.length)));
const broken = (score: Scorer['score'], more: Partial<Scorer> = {}): Scorer => ({
  ...sound,
  name: 'broken',
  ...more,
  score,
});
const giving = (valueOf: (candidate: Candidate, index: number, list: readonly Candidate[]) => number | undefined) =>
  broken(async (_query, list) => ({ value: { scores: list.map(valueOf) } }));

describe('each law rejects who breaks it', () => {
  const cases: [law: string, culprit: Scorer][] = [
    ['gives one score', giving(() => Number.NaN)],
    ['gives one score', broken(async () => ({ value: { scores: [1] } }))],
    ['gives one score', scriptedScorer(() => 1.5, { kind: 'probability' })],
    ['gives one score', broken(async (_q, list) => ({ value: { scores: list.map(() => 1), details: [undefined] } }))],
    ['an empty list', broken(async () => ({ value: { scores: [0] } }))],
    ['changes nothing', giving((candidate) => (Object.assign(candidate, { seen: 1 }), 1))],
    ['accepts frozen input', giving((candidate) => (Object.assign(candidate, { seen: 1 }), 1))],
    ['pointwise: the same score alone', giving((_candidate, _index, list) => list.length)],
    ['pointwise: the same score alone', giving(({ content }, _index, list) => (content.length > 0 ? 1 : list.length > 1 ? 0 : undefined))], // prettier-ignore
    ['pointwise: the same scores in any order', giving((_candidate, index) => index)],
    ['an aborted signal', broken((query, list) => sound.score(query, list))],
    [
      'a deadline',
      broken(async (query, list, o) => (o?.deadline ? { value: { scores: [1e9] } } : sound.score(query, list))),
    ],
  ];
  test.each(cases)('%s', async (name, culprit) => {
    const law = testScorer('broken', culprit, { seed: 7, runs: 60 }).find((law) =>
      law.name.startsWith(`broken: ${name}`),
    );
    await expect(law!.run()).rejects.toThrow(/Property failed/);
    await testScorer('sound', sound, { seed: 7 })
      .find((law) => law.name.startsWith(`sound: ${name}`))!
      .run();
  });
  test('every law has someone who breaks it', () => {
    for (const { name } of testScorer('x', sound)) {
      expect(
        cases.some(([law]) => name.startsWith(`x: ${law}`)),
        name,
      ).toBe(true);
    }
  });
});

describe('sound scorers pass every law', () => {
  testScorer('scripted', sound, { test });
  testScorer('cached', () => withCache(sound, { maxEntries: 2 }), { test });
  testScorer('slow', slowScorer(sound, 0), { test });
  testScorer('noisy', noisyScorer(sound, 1), { test, deterministic: false });
});

const drifting = (size: number) => giving((_candidate, _index, list) => size * (1 + list.length * 1e-5));
const runAlone = (scorer: Scorer, tolerance: number) =>
  testScorer('x', scorer, { tolerance })
    .find(({ name }) => name.includes('alone'))!
    .run();

test('tolerance is relative above 1, absolute below', async () => {
  await runAlone(drifting(1000), 1e-4);
  await runAlone(drifting(0.001), 1e-4);
  await expect(runAlone(drifting(1000), 1e-6)).rejects.toThrow('in company');
});

test('fakes refuse what they would not read', () => {
  const scorer = scriptedScorer({});
  expect(() => failingScorer(scorer, new Error('x'), { time: 1 } as never)).toThrow('did you mean "times"?');
  expect(() => noisyScorer(scorer, 1, { sed: 1 } as never)).toThrow('did you mean "seed"?');
  expect(() => scriptedScorer({}, { kinds: 'logit' } as never)).toThrow('did you mean "kind"?');
  expect(() => scriptedScorer({}, { kind: 'logits' as never })).toThrow('kind of scriptedScorer() is "logits"');
  expect(() => slowScorer(scorer, 1, { heedAbort: false } as never)).toThrow('did you mean "heedsAbort"?');
  // Beyond that Node's timers fire at once.
  expect(() => slowScorer(scorer, 2 ** 31)).toThrow('it must be between 0 and 2147483647');
});

test('fakes do what their names say', async () => {
  const list = ['a', 'b', 'constructor'].map((id) => ({ id, content: id }));
  const table = scriptedScorer({ a: 0.5, b: undefined }, { name: 'table', kind: 'probability' });
  expect((await table.score('q', list)).value.scores).toEqual([0.5, undefined, undefined]);
  expect(table).toMatchObject({ name: 'table', kind: 'probability', pointwise: true });

  const failing = failingScorer(table, new Error('not yet'), { times: 1 });
  await expect(failing.score('q', list)).rejects.toThrow('not yet');
  expect((await failing.score('q', list)).value.scores).toHaveLength(3);

  const noisy = noisyScorer(table, 0.1, { seed: 4 });
  const once = Array.from((await noisy.score('q', list)).value.scores);
  const twice = Array.from((await noisy.score('q', list)).value.scores);
  expect(noisy.pointwise).toBe(false);
  expect(once[0]).not.toBe(twice[0]);
  expect(Math.abs(once[0]! - 0.5)).toBeLessThanOrEqual(0.1);
  expect(once.slice(1)).toEqual([undefined, undefined]);

  const controller = new AbortController();
  const slow = slowScorer(table, 60_000).score('q', list, { signal: controller.signal });
  controller.abort('enough');
  await expect(slow).rejects.toBe('enough');
  const deaf = slowScorer(scriptedScorer({}), 20, { heedsAbort: false });
  const started = Date.now();
  await expect(deaf.score('q', list, { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
  expect(Date.now() - started).toBeGreaterThanOrEqual(15);
});
