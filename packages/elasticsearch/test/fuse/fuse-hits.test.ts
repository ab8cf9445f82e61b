import { coverQuestions, reciprocalRank } from '@secondpass/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRerankingClient } from '../../src/index.ts';
import { fuseHits, keyOf } from '../../src/fuse/fuse-hits.ts';
import { frozen } from '../recorded/recorded.ts';

const hitOf = (id: number, score: number, more: object = {}): object => ({
  _index: 'i',
  _id: `${id}`,
  _score: score,
  ...more,
});

describe('fused hits', () => {
  it('hold every hit of every search once, with every place it had', () => {
    const list = fc.uniqueArray(fc.nat(15), { maxLength: 10 });
    fc.assert(
      fc.property(fc.array(list, { minLength: 1, maxLength: 4 }), (lists) => {
        const pools = lists.map((ids, at) => ({
          name: `s${at}`,
          hits: frozen(ids.map((id, rank) => hitOf(id, 10 - rank))),
        }));
        for (const fusion of [reciprocalRank(), coverQuestions()]) {
          const { hits, sources } = fuseHits(pools, fusion);
          expect(hits.map(({ _id }) => Number(_id)).toSorted((a, b) => a - b)).toEqual(
            [...new Set(lists.flat())].toSorted((a, b) => a - b),
          );
          for (const [at, { _id }] of hits.entries()) {
            const places = lists.flatMap((ids, pool) =>
              ids.includes(Number(_id)) ? [{ search: `s${pool}`, rank: ids.indexOf(Number(_id)) + 1 }] : [],
            );
            expect(sources[at]!.map(({ search, rank }) => ({ search, rank }))).toEqual(places);
          }
        }
      }),
    );
  });

  it('join what several searches say of one document, the first one first', () => {
    const pools = [
      { name: 'a', hits: [hitOf(1, 3, { _source: { t: 'a' }, highlight: { t: ['x'] }, sort: [3] })] },
      { name: 'b', hits: [hitOf(1, 9, { _source: { t: 'b' }, fields: { n: [1] } })] },
    ];
    const { hits } = fuseHits(pools, reciprocalRank({ k: 0 }));
    expect(hits).toEqual([
      { _index: 'i', _id: '1', _score: 2, _source: { t: 'a' }, highlight: { t: ['x'] }, fields: { n: [1] } },
    ]);
  });

  it('keep what each search marked in a document, key by key', () => {
    const inner = (text: string): object => ({ hits: { hits: [{ _id: '1', _source: { text } }] } });
    const first = {
      inner_hits: { a: inner('a'), both: inner('first') },
      highlight: { title: ['x'] },
      fields: { n: [1] },
      matched_queries: ['a', 'both'],
    };
    const second = {
      inner_hits: { b: inner('b'), both: inner('second') },
      highlight: { title: ['y'], body: ['z'] },
      fields: { n: [2], m: [3] },
      matched_queries: ['both', 'b'],
    };
    const pools = [first, second].map((more, at) => ({ name: `s${at}`, hits: frozen([hitOf(1, 1, more)]) }));
    expect(fuseHits(pools, reciprocalRank()).hits[0]).toMatchObject({
      inner_hits: { a: inner('a'), b: inner('b'), both: inner('first') },
      highlight: { title: ['x'], body: ['z'] },
      fields: { n: [1], m: [3] },
      matched_queries: ['a', 'both', 'b'],
    });
    const scored = [
      { a: 1, both: 2 },
      { b: 3, both: 4 },
    ].map((matched_queries) => hitOf(1, 1, { matched_queries }));
    const { hits } = fuseHits(
      scored.map((hit, at) => ({ name: `s${at}`, hits: [hit] })),
      reciprocalRank(),
    );
    expect(hits[0]).toMatchObject({ matched_queries: { a: 1, b: 3, both: 2 } });
    expect(fuseHits([{ name: 'alone', hits: [hitOf(1, 1)] }], reciprocalRank()).hits[0]).not.toHaveProperty('fields');
  });

  it('tell documents apart by index and routing', () => {
    expect(
      new Set([
        keyOf({ _index: 'a', _id: '1' }),
        keyOf({ _index: 'b', _id: '1' }),
        keyOf({ _index: 'a', _id: '1', _routing: 'x' }),
      ]).size,
    ).toBe(3);
  });
});

describe('fusedSearch', () => {
  const bare = createRerankingClient({ search: async () => ({}) });
  const call = (params: object, options?: object): Promise<unknown> =>
    bare.fusedSearch(params as never, options as never);

  it('refuses what it cannot do, before anything is sent', async () => {
    await expect(call({ index: 'i', searches: [] })).rejects.toThrow(/at least one/u);
    await expect(call({ index: 'i', searches: [{ from: 3 }] })).rejects.toThrow(/"search 1" has from/u);
    await expect(call({ index: 'i', searches: [{ name: 'x', index: 'j' }] })).rejects.toThrow(/"x" has index/u);
    await expect(call({ index: 'i', searches: [{ sort: 'date' }] })).rejects.toThrow(/sorts by date/u);
    await expect(call({ index: 'i', searches: [{ weight: -1 }] })).rejects.toThrow(/weight/u);
    await expect(call({ index: 'i', searches: [{ name: 'x' }, { name: 'x' }] })).rejects.toThrow(/named "x"; give/u);
    await expect(call({ index: 'i', searches: [{}], size: -1 })).rejects.toThrow(/size is -1/u);
    await expect(call({ index: 'i', searches: [{}] }, { meta: true })).rejects.toThrow(/meta/u);
    await expect(call({ index: 'i', searches: [{}] })).rejects.toThrow(/openPointInTime.*pit: false/u);
    await expect(call({ index: 'i', searches: [{}], pit: false })).rejects.toThrow(/msearch/u);
    await expect(call({ index: 'i', searches: [{}], rerank: {} })).rejects.toThrow(/needs a reranker/u);
    await expect(call({ index: 'i', searches: [{}], fusion: reciprocalRank })).rejects.toThrow(
      /fusion takes a fusion/u,
    );
    await expect(call({ index: 'i', searchs: [{}] })).rejects.toThrow(/did you mean "searches"/u);
    await expect(bare.decomposedSearch({ index: 'i', question: ' ' } as never)).rejects.toThrow(/question/u);
    await expect(bare.decomposedSearch({ index: 'i', question: 'x' } as never)).rejects.toThrow(/template/u);
  });
});
