import { inputOrder } from '@secondpass/core';
import type { Decomposer, SubQuestion } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { createRerankingClient } from '../../src/index.ts';
import { useLoopback, type Asked } from './loopback.ts';

const query = { match: { body: 'bees' } };
const into = (parts: readonly SubQuestion[]): Decomposer => ({
  name: 'given',
  decompose: () => Promise.resolve({ value: parts }),
});

describe('parameters of several searches, as the client sends them', () => {
  const loopback = useLoopback();
  const call = (params: object, options?: object): Promise<unknown> =>
    createRerankingClient(loopback.client, { reranker: inputOrder, text: 't' }).fusedSearch(
      { index: 'i', ...params } as never,
      options,
    );
  const ask = (template: (question: string) => object, parts: readonly SubQuestion[] = []): Promise<unknown> =>
    createRerankingClient(loopback.client).decomposedSearch({
      index: 'i',
      question: 'bees?',
      decomposer: into(parts),
      template: template as never,
    });
  const sent = (): string[] => loopback.asked.map(({ what }) => what).filter((what) => what !== 'DELETE /_pit');
  const asked = (what: string): Asked => loopback.asked.find((one) => one.what === what)!;

  it('travel in the header where the header has them', async () => {
    const more = { search_type: 'dfs_query_then_fetch', request_cache: true, allow_partial_search_results: false };
    await call({ searches: [{ query, ...more }, { query }] });
    expect(asked('POST /_msearch').lines).toEqual([
      more,
      { query, size: 100, pit: { id: 'p1', keep_alive: '1m' } },
      {},
      { query, size: 100, pit: { id: 'p1', keep_alive: '1m' } },
    ]);
  });

  it('say where to look once for all: when the point in time is opened, or in every header', async () => {
    const where = { routing: ['a', 'b'], preference: '_local', ignore_unavailable: true, expand_wildcards: 'open' };
    const wire = { ...where, routing: 'a,b' };
    await call({ searches: [{ query }], ...where });
    const { parameters } = asked('POST /i/_pit');
    expect(parameters).toEqual({ ...wire, ignore_unavailable: 'true', keep_alive: '1m' });
    expect(asked('POST /_msearch').lines[0]).toEqual({});
    await call({ searches: [{ query }], ...where, pit: false });
    const lines = loopback.asked.flatMap((one) => one.lines);
    expect(lines).toContainEqual({ index: 'i', ...wire });
    const pit = { id: 'mine', keep_alive: '1m' };
    await expect(call({ searches: [{ query }], routing: 'a', pit })).rejects.toThrow(/routing .*opened/u);
    await expect(call({ searches: [{ query, routing: 'a' }] })).rejects.toThrow(/has routing.*beside searches/u);
  });

  it('become part of the body where it has a word for them', async () => {
    await call({
      searches: [
        { query, _source_includes: 'title,body', _source_excludes: ['x'], _source: true },
        { query, sort: '_score:desc,date:asc' },
        { query, sort: '_score, date' },
        { query, sort: '_score' },
        { body: { query, size: 3 }, size: 4 },
      ],
      pit: false,
    });
    const bodies = asked('POST /_msearch').lines.filter((_, at) => at % 2 === 1);
    expect(bodies).toEqual([
      { query, size: 100, _source: { includes: ['title', 'body'], excludes: ['x'] } },
      { query, size: 100, sort: [{ _score: 'desc' }, { date: 'asc' }] },
      { query, size: 100, sort: ['_score', 'date'] },
      { query, size: 100, sort: ['_score'] },
      { query, size: 4 },
    ]);
  });

  it('are refused by name where several searches cannot have them, before anything is sent', async () => {
    await expect(call({ searches: [{ q: 'bees' }] })).rejects.toThrow(/"search 1" has q.*query_string/u);
    for (const name of ['typed_keys', 'filter_path', 'rest_total_hits_as_int', 'max_concurrent_shard_requests']) {
      const searches = [{ query }, { name: 'x', query, [name]: 'true' }];
      await expect(call({ searches })).rejects.toThrow(new RegExp(`"x" has ${name}`, 'u'));
      await expect(ask(() => ({ query, [name]: 'true' }))).rejects.toThrow(new RegExp(`has ${name}`, 'u'));
    }
    await expect(call({ searches: [{ body: '{"size":1}' }] })).rejects.toThrow(
      /body of search "search 1" is \{"size":1\}/iu,
    );
    await expect(call({ searches: ['bees'] })).rejects.toThrow(/"search 1" is bees/u);
    expect(sent()).toEqual([]);
  });

  it('are refused in a template as in a search, for the question and for its parts', async () => {
    const misplaced = { index: 'j', from: 70, pit: { id: 'p' }, rerank: {}, search_after: [1], routing: 'a' };
    for (const [name, value] of Object.entries({ ...misplaced, name: 'x', weight: 2, sort: 'date' })) {
      const refusal = { code: 'invalid-argument', message: expect.stringContaining(name) as string };
      await expect(ask(() => ({ query, [name]: value }))).rejects.toMatchObject(refusal);
      const inPart = (question: string): object => ({ query, ...(question === 'wasps?' && { [name]: value }) });
      await expect(ask(inPart, [{ text: 'wasps?' }])).rejects.toMatchObject(refusal);
    }
    await expect(ask(async () => ({ query }))).rejects.toThrow(/promise/u);
    await expect(ask(() => undefined as never)).rejects.toThrow(/undefined/u);
    expect(sent()).toEqual([]);
    await ask(() => ({ query }), [{ text: 'wasps?' }]);
    expect(sent()).toEqual(['POST /i/_pit', 'POST /_msearch']);
  });

  it('are refused in a part that waits for an answer when its turn comes', async () => {
    const client = createRerankingClient(loopback.client, { text: 't' });
    const call = client.decomposedSearch({
      index: 'i',
      question: 'bees?',
      decomposer: into([{ text: 'which?' }, { text: 'what of #1?', needs: [0] }]),
      answerer: { name: 'answering', answer: () => Promise.resolve({ value: 'wax' }) },
      template: (question) => ({ query: { match: { t: question } }, ...(question.includes('wax') && { from: 5 }) }),
    });
    await expect(call).rejects.toMatchObject({ code: 'invalid-argument', message: expect.stringContaining('from') });
  });
});

describe('a point in time', () => {
  const loopback = useLoopback();

  it('is closed as the call was made, but for its signal', async () => {
    const { signal } = new AbortController();
    const options = { headers: { authorization: 'ApiKey tenant' }, opaqueId: 'mine', signal, maxRetries: 3 };
    await createRerankingClient(loopback.client).fusedSearch({ index: 'i', searches: [{ query }] }, options);
    await expect.poll(() => loopback.asked.at(-1)!.what).toBe('DELETE /_pit');
    const seen = loopback.asked.map(({ headers }) => [headers['authorization'], headers['x-opaque-id']]);
    expect(seen).toEqual(Array.from({ length: 3 }, () => ['ApiKey tenant', 'mine']));
  });

  it('is closed after an abort too', async () => {
    const controller = new AbortController();
    const inner = new Proxy(loopback.client, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          if (name === 'msearch') controller.abort();
          return value.apply(target, given) as unknown;
        };
      },
    });
    const call = createRerankingClient(inner).fusedSearch(
      { index: 'i', searches: [{ query }] },
      { signal: controller.signal, headers: { authorization: 'ApiKey tenant' } },
    );
    await expect(call).rejects.toThrow(/abort/iu);
    await expect.poll(() => loopback.asked.at(-1)!.what).toBe('DELETE /_pit');
    expect(loopback.asked.at(-1)!.headers['authorization']).toBe('ApiKey tenant');
  });
});
