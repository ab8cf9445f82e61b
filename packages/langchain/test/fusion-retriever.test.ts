import { EnsembleRetriever } from '@langchain/classic/retrievers/ensemble';
import { RunCollectorCallbackHandler } from '@langchain/core/tracers/run_collector';
import { borda, combSum, interleave, reciprocalRank } from '@secondpass/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FusionRetriever } from '../src/index.ts';
import { about } from './fixed-scores.ts';
import { document, gives, hanging, texts } from './small-retrievers.ts';

describe('FusionRetriever', () => {
  const bm25 = gives(document('a', { from: 'bm25', url: '1' }, 'a'), document('b', { from: 'bm25', url: '2' }, 'b'));
  const vectors = gives(
    document('b', { from: 'vectors', url: '2' }, 'b'),
    document('c', { from: 'vectors', url: '3' }, 'c'),
  );

  it('makes one list by reciprocal rank, each document once, as first seen, with where it was seen', async () => {
    const found = await new FusionRetriever({ retrievers: { bm25, vectors } }).invoke('q');
    expect(texts(found)).toEqual(['b', 'a', 'c']);
    expect(found[0]!.metadata).toMatchObject({ from: 'bm25', relevanceScore: 1 / 61 + 1 / 62 });
    expect(about(found[0])).toEqual({
      key: 'id',
      scoreKey: 'relevanceScore',
      sources: [
        { retriever: 'bm25', question: 'q', rank: 2 },
        { retriever: 'vectors', question: 'q', rank: 1 },
      ],
    });
  });

  it('orders as EnsembleRetriever does where that is right: unique contents, any weights', async () => {
    const lists = fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')), {
      minLength: 2,
      maxLength: 3,
    });
    const weighting = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(lists, weighting, async (given, weights) => {
        const retrievers = given.map((list) => gives(...list.map((text) => document(text))));
        const theirs = await new EnsembleRetriever({ retrievers, weights: weights.slice(0, given.length) }).invoke('q');
        const named = Object.fromEntries(retrievers.map((retriever, index) => [`r${index}`, retriever]));
        const byName = Object.fromEntries(retrievers.map((_, index) => [`r${index}`, weights[index]!]));
        const ours = await new FusionRetriever({ retrievers: named, weights: byName }).invoke('q');
        const score = new Map(
          ours.map(({ pageContent, metadata }) => [
            pageContent,
            (metadata as { relevanceScore: number }).relevanceScore,
          ]),
        );
        expect(texts(ours).sort()).toEqual(texts(theirs).sort());
        // Ties aside, the two agree: read in their order, our scores never rise.
        const read = texts(theirs).map((text) => score.get(text)!);
        expect(read.every((value, index) => index === 0 || value <= read[index - 1]! + 1e-12)).toBe(true);
      }),
    );
  });

  it.each([
    ['interleave', interleave()],
    ['borda', borda()],
    ['rrf', reciprocalRank({ k: 0 })],
  ])('takes any fusion (%s)', async (_, fusion) => {
    const found = await new FusionRetriever({ retrievers: { bm25, vectors }, fusion }).invoke('q');
    expect(texts(found).sort()).toEqual(['a', 'b', 'c']);
  });

  it('reads first-stage scores for fusions of scores, and weights retrievers', async () => {
    const one = gives(
      document('a', { score: 10 }, 'a'),
      document('b', { score: 9 }, 'b'),
      document('c', { score: 0 }, 'c'),
    );
    const two = gives(
      document('c', { score: 0.9 }, 'c'),
      document('b', { score: 0.8 }, 'b'),
      document('a', { score: 0.1 }, 'a'),
    );
    const retrievers = { one, two };
    const fusion = combSum();
    const found = await new FusionRetriever({ retrievers, fusion, scoreFrom: 'score' }).invoke('q');
    expect(texts(found)).toEqual(['b', 'a', 'c']);
    expect(about(found[0]).sources).toEqual([
      { retriever: 'one', question: 'q', rank: 2, score: 9 },
      { retriever: 'two', question: 'q', rank: 2, score: 0.8 },
    ]);
    const weights = { one: 0, two: 1 };
    expect(texts(await new FusionRetriever({ retrievers, fusion, scoreFrom: 'score', weights }).invoke('q'))[0]).toBe(
      'c',
    );
  });

  it('names a list of retrievers for their classes, and refuses what is none', async () => {
    const found = await new FusionRetriever({ retrievers: [bm25, vectors] }).invoke('q');
    expect(about(found[0]).sources?.map(({ retriever }) => retriever)).toEqual(['FakeRetriever', 'FakeRetriever 2']);
    expect(() => new FusionRetriever({ retrievers: [] })).toThrow(/no retriever/);
    expect(() => new FusionRetriever({ retrievers: { x: {} as never } })).toThrow(/retrievers\["x"\] is no retriever/);
    expect(() => new FusionRetriever({ retrievers: bm25, key: { field: '' } })).toThrow(/key is/);
    expect(() => new FusionRetriever({ retrievers: bm25, weight: {} } as never)).toThrow(/did you mean "weights"/);
    expect(() => new FusionRetriever({ retrievers: { bm25 }, weights: { bm52: 2 } })).toThrow(
      /a weight for "bm52" and no such retriever; they are "bm25"/,
    );
    expect(() => new FusionRetriever({ retrievers: bm25, fusion: 'rrf' as never })).toThrow(
      /takes a fusion.*got a string/,
    );
    expect(() => new FusionRetriever({ retrievers: bm25, fusion: combSum as never })).toThrow(
      /got a function: call it/,
    );
  });

  it('honours the signal, and puts every retriever into the trace', async () => {
    const slow = new FusionRetriever({ retrievers: { hanging: hanging } });
    await expect(slow.invoke('q', { signal: AbortSignal.timeout(20) })).rejects.toThrow(/abort/i);
    let seen: AbortSignal | undefined;
    const listening = {
      invoke: (_: string, config?: { signal?: AbortSignal }) => ((seen = config?.signal), new Promise(() => {})),
    };
    const retriever = new FusionRetriever({ retrievers: { listening: listening as never } });
    await expect(retriever.invoke('q', { signal: AbortSignal.timeout(20) })).rejects.toThrow(/abort/i);
    expect(seen?.aborted).toBe(true);
    const collector = new RunCollectorCallbackHandler();
    await new FusionRetriever({ retrievers: { bm25, vectors } }).invoke('q', { callbacks: [collector] });
    expect(collector.tracedRuns[0]!.child_runs?.map(({ name }) => name)).toEqual(['FakeRetriever', 'FakeRetriever']);
  });

  it('makes one list of 10,000 documents, unless told how many to take', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => document(`text ${index}`, {}, String(index)));
    const retrievers = [gives(...many), gives(...many.toReversed())];
    const found = await new FusionRetriever({ retrievers }).invoke('q');
    expect(new Set(found.map(({ id }) => id)).size).toBe(10_000);
    expect(await new FusionRetriever({ retrievers, depth: 3 }).invoke('q')).toHaveLength(6);
  });

  it('keeps ids and metadata, shows each document once, mutates nothing, and topN is a prefix', async () => {
    const one = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), n: fc.nat() });
    const lists = fc.array(fc.array(one, { maxLength: 6 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(lists, fc.nat(5), async (given, topN) => {
        const pools = given.map((list) =>
          list.map(({ id, n }) => Object.freeze(document(`text ${id}`, Object.freeze({ n }), id))),
        );
        const retrievers = pools.map((pool) => gives(...pool));
        const all = await new FusionRetriever({ retrievers }).invoke('q');
        const ids = all.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(new Set(ids)).toEqual(new Set(pools.flat().map(({ id }) => id)));
        for (const { id, metadata } of all)
          expect(metadata['n']).toBe(pools.flat().find((seen) => seen.id === id)!.metadata['n']);
        expect(await new FusionRetriever({ retrievers, topN }).invoke('q')).toEqual(all.slice(0, topN));
      }),
    );
  });
});
