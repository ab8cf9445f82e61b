import { expect, it } from 'vitest';
import { tune } from '@secondpass/core/evaluate';
import { given, scorer, system } from './synthetic.ts';

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
