import type { Client as Client8 } from '@elastic/elasticsearch';
import { inputOrder } from '@secondpass/core';
import type { Client as Client9 } from 'elasticsearch-9';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { createRerankingClient, rerankHits, type RerankingClient } from '../../src/index.ts';
import type { Note } from '../recorded/recorded.ts';

const request = { index: 'i', query: { match: { body: 'x' } } };

describe('the types of a client with rerank', () => {
  it('know rerank in the search of its helpers', () => {
    const typed = async (eight: RerankingClient<Client8>, nine: RerankingClient<Client9>): Promise<void> => {
      const a = await eight.helpers.search<Note>({ ...request, rerank: { window: 5 } });
      expectTypeOf(a[0]!.title).toEqualTypeOf<string>();
      expectTypeOf(a[0]!._id).toEqualTypeOf<string>();
      await nine.helpers.search<Note>(
        { ...request, rerank: { text: ({ _source }) => _source?.body } },
        { maxRetries: 0 },
      );
      expectTypeOf(await nine.helpers.search<Note>(request)).toEqualTypeOf<({ _id: string } & Note)[]>();
      expectTypeOf(eight.helpers.bulk).toEqualTypeOf<Client8['helpers']['bulk']>();
      // @ts-expect-error an option that does not exist
      await eight.helpers.search<Note>({ ...request, rerank: { windw: 5 } });
      // @ts-expect-error a query that no client knows
      await nine.helpers.search({ index: 'i', query: { matsch: {} }, rerank: {} });
    };
    expect(typed).toBeTypeOf('function');
  });

  it('know that a child is one too, with the same key', () => {
    const typed = async (eight: RerankingClient<Client8, 'second'>, nine: RerankingClient<Client9>): Promise<void> => {
      const child = eight.child({ headers: { a: 'b' } });
      const { hits } = await child.child({}).search<Note>({ ...request, rerank: {} });
      expectTypeOf(hits.hits[0]!.second.logit).toEqualTypeOf<number | undefined>();
      expectTypeOf(child.fusedSearch).toEqualTypeOf<typeof eight.fusedSearch>();
      await nine.child({}).helpers.search({ ...request, rerank: {} });
      // @ts-expect-error an option that the client's own child does not know
      nine.child({ no: 1 });
    };
    expect(typed).toBeTypeOf('function');
  });

  it('know the document in every function of `rerank`', () => {
    const typed = async (nine: RerankingClient<Client9>): Promise<void> => {
      await nine.search<Note>({ ...request, rerank: { signals: { length: ({ _source }) => _source?.title.length } } });
      const { hits } = await nine.search<Note>(request);
      const signals = { length: ({ _source }: (typeof hits.hits)[number]) => _source?.body.length };
      await rerankHits(hits.hits, 'q', { reranker: inputOrder, text: ({ _source }) => _source?.body, signals });
      // @ts-expect-error a field that the document does not have
      await nine.search<Note>({ ...request, rerank: { signals: { length: ({ _source }) => _source?.lenght } } });
    };
    expect(typed).toBeTypeOf('function');
  });

  it('take a rerank that may be undefined, and other things that may', () => {
    const typed = async (nine: RerankingClient<Client9>, maybe?: number): Promise<void> => {
      const rerank = maybe === undefined ? undefined : { topK: maybe };
      const answer = await nine.search<Note>({ ...request, rerank });
      expectTypeOf(answer.hits.hits[0]!._source).toEqualTypeOf<Note | undefined>();
      if ('rerank' in answer) expectTypeOf(answer.rerank.applied).toEqualTypeOf<boolean>();
      const { body } = await nine.search<Note>({ ...request, rerank }, { meta: true });
      expectTypeOf(body).toEqualTypeOf(answer);
      const blend = { weights: { firstStage: maybe, clicks: maybe } };
      await nine.fusedSearch<Note>({ searches: [{ ...request, weight: maybe, name: undefined }], rerank: { blend } });
      const hits = [{ _id: 'a', _score: maybe, _source: { body: 'x' }, highlight: undefined }] as const;
      await nine.rerankHits(hits, 'q', { text: 'body' });
    };
    expect(typed).toBeTypeOf('function');
  });

  it('tell where the mistake is: at the option of `rerank`, not at `rerank`', () => {
    const typed = async (eight: RerankingClient<Client8>): Promise<void> => {
      await eight.search<Note>({
        ...request,
        rerank: {
          window: 5,
          // @ts-expect-error an option that does not exist
          topk: 3,
        },
      });
    };
    expect(typed).toBeTypeOf('function');
  });

  it('are those of the client given: it fits wherever that fits, and lacks what that lacks', () => {
    const typed = (eight: RerankingClient<Client8>): Client8 => eight;
    expect(typed).toBeTypeOf('function');
    const bare = createRerankingClient({ search: async () => ({}) }, { reranker: inputOrder, text: 'body' });
    expectTypeOf(bare).not.toHaveProperty('helpers');
    expectTypeOf(bare).not.toHaveProperty('child');
    expect('child' in bare).toBe(false);
  });
});
