import { describe, expect, it } from 'vitest';
import { rerankingModel } from '../src/index.ts';
import { dead, half } from '../../../test/failing-cascades.ts';

const documents = { type: 'text' as const, values: ['one', 'two', 'three'] };
const minScore = { kind: 'probability', value: 0.5 } as const;
const codes = (warnings: readonly { message: string }[]): string[] =>
  warnings.map(({ message }) => message.split(':')[0]!);

describe('a cascade with a partly failing last stage', () => {
  it('gives -Infinity to what has but a score of the first stage, which the metadata names as such', async () => {
    const { ranking, providerMetadata } = await rerankingModel(half(0.9)).doRerank({ documents, query: 'q' });
    expect(ranking).toEqual([
      { index: 0, relevanceScore: 0.9 },
      { index: 1, relevanceScore: -Infinity },
      { index: 2, relevanceScore: -Infinity },
    ]);
    expect(providerMetadata.secondpass['results']).toEqual([
      { index: 0, kind: 'probability', value: 0.9, by: 'model' },
      { index: 1, kind: 'similarity', value: 0.2, by: 'cosines' },
      { index: 2, kind: 'similarity', value: 0.1, by: 'cosines' },
    ]);
  });

  it('and a minScore loses nothing that could not be scored, and says so', async () => {
    const call = { documents, query: 'q' };
    const { ranking, warnings } = await rerankingModel(half(0.9), { minScore }).doRerank(call);
    expect(ranking.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(codes(warnings)).toEqual(['timed-out', 'unscored']);
    const low = await rerankingModel(half(0.1), { minScore }).doRerank({ ...call, topN: 1 });
    expect(low.ranking).toEqual([{ index: 1, relevanceScore: -Infinity }]);
  });
});

describe('a cascade with a failed last stage', () => {
  it('and a minScore loses nothing, and says so', async () => {
    const { ranking, warnings } = await rerankingModel(dead, { minScore }).doRerank({ documents, query: 'q' });
    expect(ranking.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(codes(warnings)).toEqual(['fell-back', 'unscored']);
  });
});
