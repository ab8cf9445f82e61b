import { EnsembleRetriever } from '@langchain/classic/retrievers/ensemble';
import { Document, type DocumentInterface } from '@langchain/core/documents';
import type { BaseRetrieverInterface } from '@langchain/core/retrievers';
import { RunnableLambda } from '@langchain/core/runnables';
import { RunCollectorCallbackHandler } from '@langchain/core/tracers/run_collector';
import { FakeRetriever } from '@langchain/core/utils/testing';
import {
  borda,
  combMnz,
  combSum,
  coverQuestions,
  interleave,
  inverseSquareRank,
  reciprocalRank,
  type Note,
} from '@secondpass/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FusionRetriever, type DocumentKey, type SecondpassMetadata } from '../src/index.ts';

const document = (pageContent: string, metadata: Record<string, unknown> = {}, id?: string): Document =>
  new Document({ pageContent, metadata, ...(id !== undefined && { id }) });
const gives = (...output: Document[]): FakeRetriever => new FakeRetriever({ output });
const about = (found: DocumentInterface | undefined): SecondpassMetadata =>
  (found!.metadata as { secondpass: SecondpassMetadata }).secondpass;
const texts = (found: readonly DocumentInterface[]): string[] => found.map(({ pageContent }) => pageContent);
const failing = RunnableLambda.from((): DocumentInterface[] => {
  throw new Error('index is gone');
});
const hanging = RunnableLambda.from((): Promise<DocumentInterface[]> => new Promise(() => {}));

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
    ['id', { key: 'id' as const }, 'id', 2],
    ['metadata field', { key: { field: 'url' } }, 'metadata.url', 1],
    ['content', { key: 'content' as const }, 'content', 2],
    ['function', { key: ({ metadata }: DocumentInterface) => String(metadata['url']) }, 'function', 1],
  ])('tells documents apart by %s', async (_, options, key, expected) => {
    const one = gives(document('text one', { url: 'same' }, 'x'));
    const two = gives(document('text two', { url: 'same' }, 'y'));
    const found = await new FusionRetriever({ retrievers: [one, two], ...options }).invoke('q');
    expect(found).toHaveLength(expected);
    expect(about(found[0]).key).toBe(key);
  });

  it('takes contents for the key where a document has no id, white space aside', async () => {
    const found = await new FusionRetriever({
      retrievers: [gives(document('same  text', {}, 'x')), gives(document('same text'))],
    }).invoke('q');
    expect(found).toHaveLength(1);
    expect(about(found[0])).toMatchObject({ key: 'content', sources: [{ rank: 1 }, { rank: 1 }] });
  });

  it('knows a document that lacks the field by its content', async () => {
    const key = { field: 'url' };
    const retrievers = [
      gives(document('a', { url: '1' }), document('b')),
      gives(document('b'), document('c', { url: null })),
    ];
    expect(texts(await new FusionRetriever({ retrievers, key }).invoke('q'))).toEqual(['b', 'a', 'c']);
  });

  describe('takes no document for another', () => {
    const told: Note[] = [];
    const fuse = async (key: DocumentKey | undefined, ...lists: Document[][]): Promise<DocumentInterface[]> => {
      told.length = 0;
      const retrievers = lists.map((list) => gives(...list));
      return new FusionRetriever({ retrievers, key, onNote: (note) => told.push(note) }).invoke('q');
    };
    const keysOf = (found: readonly DocumentInterface[]): unknown[] => found.map((one) => about(one).key);
    const missing = (count: number, name: string): unknown =>
      expect.objectContaining({ code: 'no-key', message: expect.stringMatching(new RegExp(`^${count} .*${name}`)) });

    it('because a field holds an object', async () => {
      const given = ['a', 'b', 'c'].map((text, line) => document(text, { source: { file: 'x.md', line } }));
      const found = await fuse({ field: 'source' }, given);
      expect(texts(found)).toEqual(['a', 'b', 'c']);
      expect(keysOf(found)).toEqual(['content', 'content', 'content']);
      expect(told).toEqual([missing(3, 'metadata.source')]);
    });

    it('because both have neither text nor id', async () => {
      const pictures = [1, 2, 3].map((n) => document(' ', { image: `s3://${n}.png` }));
      for (const key of [undefined, 'content', 'id', { field: 'url' }, () => undefined] as const) {
        const found = await fuse(key, pictures, pictures);
        expect(found.map(({ metadata }) => metadata['image'])).toEqual(
          [1, 2, 3, 1, 2, 3].map((n) => `s3://${n}.png`).sort(),
        );
        expect(keysOf(found)).toEqual(Array.from({ length: 6 }));
        expect(told).toContainEqual(missing(6, 'key'));
      }
    });

    it('because both have an empty field, and drops what was said of keys before', async () => {
      const given = [1, 2].map((n) => document('', { image: n, url: '', secondpass: { key: 'id' } }));
      const found = await fuse({ field: 'url' }, given);
      expect(keysOf(found)).toEqual([undefined, undefined]);
    });

    it('because both have no text, where they have ids', async () => {
      const found = await fuse(
        undefined,
        [document('', {}, 'p'), document('', {}, 'q')],
        [document('', {}, 'p'), document('web')],
      );
      expect(found.map(({ id }) => id)).toEqual(['p', 'q', undefined]);
      expect(keysOf(found)).toEqual(['id', 'id', 'content']);
    });

    it('silently where the field is misspelt: the contents stand in, and that is said', async () => {
      const found = await fuse(
        { field: 'urll' },
        [document('a', { url: 'u' })],
        [document('a', { url: 'u' }), document('b', { url: 'v' })],
      );
      expect(texts(found)).toEqual(['a', 'b']);
      expect(keysOf(found)).toEqual(['content', 'content']);
      expect(told).toEqual([missing(3, 'metadata.urll')]);
    });

    it('and says nothing where every document has the key', async () => {
      await fuse({ field: 'n' }, [document('a', { n: 0 })], [document('b', { n: 0 }), document('c', { n: '1' })]);
      expect(told).toEqual([]);
      await fuse(undefined, [document('a')], [document('a', {}, 'x')]);
      expect(told).toEqual([]);
    });

    it('unless they share the key, or, where both lack it, their text: on any documents', async () => {
      const values = fc.constantFrom<unknown>(undefined, null, '', 'u', '1', 1, 0, true, {}, { u: 1 }, ['u']);
      const one = fc.record({ value: values, text: fc.constantFrom('', ' ', 'a', 'a ', 'u', '1') });
      const known = ({ value, text }: { value: unknown; text: string }, at: number): string => {
        if ((typeof value === 'string' && value !== '') || typeof value === 'number') return `field ${value}`;
        return text.trim() === '' ? `place ${at}` : `text ${text.trim()}`;
      };
      await fc.assert(
        fc.asyncProperty(fc.array(one, { maxLength: 8 }), async (given) => {
          const found = await fuse(
            { field: 'value' },
            given.map(({ value, text }, at) => document(text, { value, at })),
          );
          const first = given.map(known).flatMap((key, at, all) => (all.indexOf(key) === at ? [at] : []));
          expect(found.map(({ metadata }) => metadata['at'])).toEqual(first);
        }),
      );
    });
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

  it('goes on without a retriever that fails or hangs, and says so on every document', async () => {
    for (const [broken, why] of [
      [failing, /index is gone/],
      [hanging, /not answer within 30 ms/],
    ] as const) {
      const told: Note[] = [];
      const retriever = new FusionRetriever({
        retrievers: { bm25, broken: broken as never },
        timeoutMs: 30,
        onNote: (note) => told.push(note),
      });
      const found = await retriever.invoke('q');
      expect(texts(found)).toEqual(['a', 'b']);
      for (const one of found)
        expect(about(one).notes).toEqual([expect.objectContaining({ code: 'retriever-failed', by: 'broken' })]);
      expect(told[0]!.message).toMatch(why);
    }
  });

  it('keeps the places of a retriever that failed for the others', async () => {
    const retrievers = { broken: failing as never, vectors };
    const fusion = interleave({ quotas: { broken: 1, vectors: 1 } });
    const found = await new FusionRetriever({ retrievers, fusion }).invoke('q');
    expect(texts(found)).toEqual(['b', 'c']);
    expect(about(found[0]).notes).toMatchObject([{ code: 'retriever-failed', by: 'broken' }]);
    const misspelt = new FusionRetriever({ retrievers, fusion: interleave({ quotas: { brokn: 1 } }) });
    await expect(misspelt.invoke('q')).rejects.toThrow(/no pool of that name/);
  });

  it('gives the list that it gives without a retriever that failed, whatever the fusion', async () => {
    const fusions = [
      borda(),
      borda({ missing: 'zero' }),
      combMnz(),
      combSum({ missing: 'ignore' }),
      coverQuestions(),
      interleave(),
      inverseSquareRank(),
      reciprocalRank(),
    ];
    const lists = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd')), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(lists, fc.constantFrom(...fusions), fc.nat(3), async (given, fusion, at) => {
        const named = given.map((list, index): [string, BaseRetrieverInterface] => [
          `r${index}`,
          gives(...list.map((id) => document(id, {}, id))),
        ]);
        const seen = async (entries: typeof named): Promise<unknown[]> => {
          const retrievers = Object.fromEntries(entries);
          const found = await new FusionRetriever({ retrievers, fusion }).invoke('q');
          return found.map((one) => [one.id, one.metadata['relevanceScore'], about(one).sources]);
        };
        expect(await seen(named.toSpliced(at, 0, ['broken', failing as never]))).toEqual(await seen(named));
      }),
    );
  });

  it('fails when all fail, and finds nothing where there is nothing', async () => {
    await expect(new FusionRetriever({ retrievers: [failing as never, failing as never] }).invoke('q')).rejects.toThrow(
      /index is gone/,
    );
    expect(await new FusionRetriever({ retrievers: [gives(), gives()] }).invoke('q')).toEqual([]);
  });

  it('names a list of retrievers for their classes, and refuses what is none', async () => {
    const found = await new FusionRetriever({ retrievers: [bm25, vectors] }).invoke('q');
    expect(about(found[0]).sources?.map(({ retriever }) => retriever)).toEqual(['FakeRetriever', 'FakeRetriever 2']);
    expect(() => new FusionRetriever({ retrievers: [] })).toThrow(/no retriever/);
    expect(() => new FusionRetriever({ retrievers: { x: {} as never } })).toThrow(/retrievers\["x"\] is no retriever/);
    expect(() => new FusionRetriever({ retrievers: bm25, key: { field: '' } })).toThrow(/key is/);
    expect(() => new FusionRetriever({ retrievers: bm25, weight: {} } as never)).toThrow(/did you mean "weights"/);
  });

  it('honours the signal, and puts every retriever into the trace', async () => {
    const slow = new FusionRetriever({ retrievers: { hanging: hanging as never } });
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
