import { byScore } from '@secondpass/core';
import type { Reranker } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { createRerankingClient, type RerankingClient, type SearchClient } from '../../src/index.ts';
import { frozen, recorded } from '../recorded/recorded.ts';

const longest = byScore({
  name: 'longest',
  kind: 'logit',
  pointwise: true,
  score: async (_query, candidates) => ({ value: { scores: candidates.map(({ content }) => content.length) } }),
});

/** Reranks when as many calls as it waits for are under way. */
function together(wanted: number): Reranker {
  let under = 0;
  let go: () => void = () => {};
  const all = new Promise<void>((resolve) => {
    go = resolve;
  });
  return {
    name: 'together',
    async rerank(query, candidates, options) {
      if (++under === wanted) go();
      await all;
      return longest.rerank(query, candidates, options);
    },
  };
}
const failing: Reranker = { name: 'failing', rerank: () => Promise.reject(new Error('no model')) };

const error = { type: 'broken', reason: 'no such field' };
const clientOf = (reranker: Reranker): RerankingClient<SearchClient> =>
  createRerankingClient(
    {
      search: async () => ({}),
      msearch: async ({ searches }: { searches: readonly { fails?: boolean }[] }) => ({
        took: 1,
        responses: searches
          .filter((_, at) => at % 2 === 1)
          .map(({ fails }) => (fails ? { error, status: 400 } : recorded('plain'))),
      }),
    },
    { reranker, text: 'body' },
  );
const body = (rerank?: object, more: object = {}): object[] => [
  { index: 'i' },
  { query: { match: { body: 'bees' } }, ...(rerank && { rerank }), ...more },
];

describe('_msearch with rerank', () => {
  it('reranks all its responses at once, so that one does not spend the time of the next', async () => {
    const searches = frozen([1, 2, 3, 4].flatMap(() => body({ timeoutMs: 5000 })));
    const { responses } = await clientOf(together(4)).msearch({ searches } as never);
    expect(responses).toMatchObject([1, 2, 3, 4].map(() => ({ rerank: { applied: true } })));
  });

  it('leaves searches without rerank, and those that failed, as they came', async () => {
    const searches = [...body(), ...body({}, { fails: true }), ...body({})];
    const { responses } = await clientOf(longest).msearch({ searches } as never);
    expect(responses[0]).toEqual(recorded('plain'));
    expect(responses[1]).toEqual({ error, status: 400 });
    expect(responses[2]).toMatchObject({ rerank: { applied: true } });
  });

  it('rejects as a whole where a reranker fails that is to throw, and only there', async () => {
    const loose = [...body({ reranker: failing }), ...body({})];
    const { responses } = await clientOf(longest).msearch({ searches: loose } as never);
    expect(responses).toMatchObject([{ rerank: { applied: false, reason: 'failed' } }, { rerank: { applied: true } }]);
    const strict = { reranker: failing, onFailure: 'throw' };
    const searches = [...body(strict), ...body({}), ...body(strict)];
    await expect(clientOf(longest).msearch({ searches } as never)).rejects.toThrow('no model');
  });
});
