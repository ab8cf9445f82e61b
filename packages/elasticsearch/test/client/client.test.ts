import type { Client as Client8 } from '@elastic/elasticsearch';
import { byScore } from '@secondpass/core';
import type { Note as CoreNote, Scorer } from '@secondpass/core';
import type { Client as Client9 } from 'elasticsearch-9';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { createRerankingClient, type RerankingClient } from '../../src/index.ts';
import { frozen, recorded, RecordedClient, recording, type Note } from '../recorded/recorded.ts';

const longest: Scorer = {
  name: 'longest',
  kind: 'logit',
  pointwise: true,
  score: async (_query, candidates) => ({ value: { scores: candidates.map(({ content }) => content.length) } }),
};
const reranker = byScore(longest);

interface Answer {
  readonly hits: {
    readonly max_score: number | null;
    readonly hits: readonly { _id: string; _score: number | null; sort?: unknown[] }[];
  };
  readonly rerank: { readonly applied: boolean; readonly reason?: string };
}

function clientOf(name: string): {
  inner: RecordedClient;
  search: (params: object, options?: object) => Promise<Answer>;
} {
  const inner = new RecordedClient(name);
  const client = createRerankingClient(inner, { reranker, text: 'body', window: 8 });
  return {
    inner,
    search: (params, options) => client.search(params as never, options as never) as unknown as Promise<Answer>,
  };
}

const { query } = recording.responses['plain']!.request;
const idsOf = (answer: Answer): string[] => answer.hits.hits.map(({ _id }) => _id);

describe('a client with rerank, over recorded responses', () => {
  it('gives the reranked window and, below it, the search, page by page', async () => {
    const { hits } = recorded('plain').hits;
    const byLength = (a: (typeof hits)[number], b: (typeof hits)[number]): number =>
      b._source!.body.length - a._source!.body.length;
    const expected = [...hits.slice(0, 8).toSorted(byLength), ...hits.slice(8)].map(({ _id }) => _id);
    const { search } = clientOf('plain');
    for (const size of [1, 3, 5, 8, 9, 50]) {
      const seen: (string | undefined)[] = [];
      for (let from = 0; from < hits.length; from += size) {
        seen.push(...idsOf(await search(frozen({ query, from, size, rerank: {} }))));
      }
      expect(seen).toEqual(expected);
    }
  });

  it('follows its own cursors through the window', async () => {
    const { search, inner } = clientOf('sorted');
    const { hits } = recorded('sorted').hits;
    const whole = idsOf(await search({ query, size: hits.length, rerank: {} }));
    const seen: string[] = [];
    let after: unknown[] | undefined;
    for (let page = 0; page < 4; page++) {
      const answer = await search({ query, size: 3, ...(after && { search_after: after }), rerank: {} });
      seen.push(...idsOf(answer));
      after = answer.hits.hits.at(-1)!.sort!;
    }
    // Pages of 3: the fourth one begins below the window, where the search's own values are the cursor.
    expect(seen.slice(0, 9)).toEqual(whole.slice(0, 9));
    expect(after).toEqual(hits.find(({ _id }) => _id === seen.at(-1))!.sort);
    expect(inner.sent[4]!.params['search_after']).toEqual(hits.find(({ _id }) => _id === seen[8])!.sort);
    expect(inner.sent.slice(1, 4).every(({ params }) => !('search_after' in params))).toBe(true);
  });

  it('sends the window and nothing of ours, and leaves a search without rerank alone', async () => {
    const { search, inner } = clientOf('plain');
    const plain = frozen({ query, size: 3 });
    const options = frozen({ requestTimeout: 5 });
    await search(plain, options);
    expect(inner.sent[0]!.params).toBe(plain);
    expect(inner.sent[0]!.options).toBe(options);
    await search(frozen({ query, size: 3, rerank: {} }), options);
    expect(inner.sent[1]).toEqual({ params: { query, from: 0, size: 8 }, options });
    await search(frozen({ body: { query, size: 3, from: 2 }, rerank: {} }));
    expect(inner.sent[2]!.params).toEqual({ body: { query }, from: 0, size: 8 });
  });

  it('answers with meta, without hits, and beyond the window', async () => {
    const { search } = clientOf('plain');
    const meta = (await search({ query, rerank: {} }, { meta: true })) as unknown as {
      body: Answer;
      statusCode: number;
    };
    expect([meta.statusCode, meta.body.rerank.applied]).toEqual([200, true]);
    const beyond = await search({ query, from: 8, size: 2, rerank: {} });
    expect(beyond.rerank).toMatchObject({ applied: false, reason: 'beyond-window' });
    expect(beyond.hits.hits.map(({ _score }) => _score)).toEqual([null, null]);
    expect(beyond.hits.max_score).toBeNull();
    const none = await clientOf('empty').search({ query, rerank: {} });
    expect(none.rerank).toMatchObject({ applied: false, reason: 'no-hits' });
    const first = await search({ query, size: 2, rerank: {} });
    expect(first.hits.max_score).toBe(first.hits.hits[0]!._score);
  });

  it('passes what is no search result through as it came', async () => {
    const absent = createRerankingClient({ search: async () => recording.missing }, { reranker, text: 'body' });
    await expect(absent.search({ query, rerank: {} } as never)).resolves.toMatchObject(recording.missing);
    const strange = createRerankingClient({ search: async () => 'text' }, { reranker, text: 'body' });
    await expect(strange.search({ query, rerank: {} } as never)).resolves.toBe('text');
  });

  it('notes partial answers of clusters and reranks what came', async () => {
    const body = { ...recorded('plain'), timed_out: true, _shards: { total: 3, successful: 2, skipped: 0, failed: 1 } };
    const client = createRerankingClient({ search: async () => body }, { reranker, text: 'body' });
    const out = (await client.search({ query, rerank: {} } as never)) as unknown as {
      rerank: { applied: boolean; notes: { code: string }[] };
    };
    expect(out.rerank.applied).toBe(true);
    expect(out.rerank.notes.map(({ code }) => code)).toEqual(['timed-out', 'shards-failed']);
    const away = { ...recorded('plain'), _shards: { total: 3, successful: 2, skipped: 0, failed: 0 } };
    const other = createRerankingClient({ search: async () => away }, { reranker, text: 'body' });
    expect(await other.search({ query, rerank: {} } as never)).toMatchObject({
      rerank: { notes: [{ code: 'shards-failed' }] },
    });
  });

  it('is the client in every other respect', () => {
    class Fake {
      readonly #secret = 7;
      readonly helpers = { bulk: (): number => 1, search: async (): Promise<unknown[]> => [] };
      async search(): Promise<unknown> {
        return {};
      }
      secret(): number {
        return this.#secret;
      }
      child(): Fake {
        return new Fake();
      }
    }
    const client = createRerankingClient(new Fake(), { reranker, text: 'body' });
    expect(client).toBeInstanceOf(Fake);
    expect(client.secret()).toBe(7);
    expect(client.helpers.bulk()).toBe(1);
    expect('fusedSearch' in client && 'secret' in client).toBe(true);
    expect(client.child().secret()).toBe(7);
    expect(client.child()).toHaveProperty('decomposedSearch');
    expect(() => createRerankingClient({} as never)).toThrow(/method "search"/u);
    expect(() => createRerankingClient(new Fake(), { rerankr: reranker } as never)).toThrow(/did you mean "reranker"/u);
  });

  it('reranks hits at hand with its defaults, where the call says nothing else', async () => {
    const client = createRerankingClient(new RecordedClient('plain'), {
      reranker,
      text: 'body',
      window: 8,
      hitKey: 'second',
    });
    const { hits } = recorded('plain').hits;
    expect(hits.length).toBeGreaterThan(8);
    const out = await client.rerankHits(hits, 'q');
    expect(out.rerank).toMatchObject({ window: 8, scored: 8 });
    const unsaid = { window: undefined, text: undefined, reranker: undefined, hitKey: undefined };
    const same = await client.rerankHits(hits, 'q', unsaid);
    expect(same.hits).toEqual(out.hits);
    expect(same.hits[0]!.second.firstStage).toBeDefined();
    expect((await client.rerankHits(hits, 'q', { window: 3 })).rerank.scored).toBe(3);
    const open = createRerankingClient(new RecordedClient('plain'), { reranker, text: 'body', window: undefined });
    expect((await open.rerankHits(hits, 'q')).rerank).toMatchObject({ window: hits.length, scored: hits.length });
  });

  it('has the types of both client lines', () => {
    type Eight = RerankingClient<Client8>;
    type Nine = RerankingClient<Client9>;
    const typed = async (eight: Eight, nine: Nine): Promise<void> => {
      const a = await eight.search<Note>({ index: 'i', query: { match: { body: 'x' } }, rerank: { window: 5 } });
      expectTypeOf(a.hits.hits[0]!._source).toEqualTypeOf<Note | undefined>();
      expectTypeOf(a.rerank.applied).toEqualTypeOf<boolean>();
      expectTypeOf(a.hits.hits[0]!._secondpass.logit).toEqualTypeOf<number | undefined>();
      const b = await nine.search<Note>(
        { index: 'i', query: { match: { body: 'x' } }, rerank: { text: ({ _source }) => _source?.body } },
        { meta: true },
      );
      expectTypeOf(b.body.rerank.notes).toEqualTypeOf<readonly CoreNote[]>();
      const c = await eight.search<Note>({ index: 'i' });
      expectTypeOf(c).not.toHaveProperty('rerank');
      // @ts-expect-error a query that no client knows
      await nine.search({ index: 'i', query: { matsch: {} }, rerank: {} });
    };
    expect(typed).toBeTypeOf('function');
  });
});
