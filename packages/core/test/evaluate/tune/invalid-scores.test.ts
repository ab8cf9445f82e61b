import { expect, it } from 'vitest';
import { blend } from '@secondpass/core';
import { tune } from '@secondpass/core/evaluate';
import { asked, given, scorer, system } from './synthetic.ts';

const answering = (scores: (count: number) => unknown[]) => ({
  ...system('odd', 0.9),
  scorer: {
    ...scorer('odd', 0.9),
    score: async (_query: unknown, candidates: readonly unknown[]) => ({
      value: { scores: scores(candidates.length) as number[] },
    }),
  },
});

it('tune measures no scorer that gives what is no score', async () => {
  for (const scores of [(count: number) => Array.from({ length: count }, () => Number.NaN), () => [1]]) {
    await expect(tune(given([answering(scores)]))).rejects.toMatchObject({ code: 'invalid-score' });
  }
});

it('tune measures no scorer whose scores depend on the list at several depths, and scores none of it', async () => {
  asked.pairs = 0;
  const blended = blend([{ scorer: scorer('a', 0.9), weight: 1 }]);
  const both = { ...system('both', 0.9), scorer: blended };
  await expect(tune(given([system('able', 0.9), both]))).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining(`${blended.name} is not pointwise`),
  });
  expect(asked.pairs).toBe(0);
  // One depth is scored as a whole.
  const { recommendation } = await tune(given([both], { depths: [40] }));
  expect(recommendation!.setting).toMatchObject({ system: 'both', depth: 40 });
});
