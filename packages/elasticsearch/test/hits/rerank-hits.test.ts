import { byScore, cascade, cut, inputOrder, window as onlyFirst } from '@secondpass/core';
import type { Reranker, Scorer } from '@secondpass/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rerankHits, type RerankedHit } from '../../src/index.ts';
import { frozen, recorded, recording, type Note } from '../recorded/recorded.ts';

interface Small {
  readonly _index: string;
  readonly _id: string;
  readonly _score: number | null;
  readonly _source: { readonly text?: string | readonly string[] };
}

/** Scores a text by the number in it; text without one cannot be scored. */
const byNumber: Scorer = {
  name: 'by-number',
  kind: 'logit',
  pointwise: true,
  async score(_query, candidates) {
    const scores = candidates.map(({ content }) => {
      const value = Number.parseFloat(content as string);
      return Number.isNaN(value) ? undefined : value;
    });
    return { value: { scores } };
  },
};
const reranker = byScore(byNumber);
const text = { each: 'text' } as const;

/** A few passages, one, none, or one that cannot be scored. */
const texts = fc.oneof(
  fc.array(fc.integer({ min: -9, max: 9 }).map(String), { maxLength: 4 }),
  fc.constantFrom(undefined, 'no number', ['', ' '], ['no', '3']),
);
const hitLists = fc
  .array(fc.record({ text: texts, score: fc.option(fc.integer({ min: 0, max: 5 })) }), { maxLength: 30 })
  .map((list) =>
    list.map(({ text, score }, at): Small => ({
      _index: 'i',
      _id: `h${at % 20}`,
      _score: score,
      _source: text === undefined ? {} : { text },
    })),
  );

/** The slow oracle: hits without text stay; the others by best passage, ties as they stood, unscored ones last. */
function slowly(hits: readonly Small[]): Small[] {
  const best = (hit: Small): number | undefined => {
    const values = [hit._source.text ?? []]
      .flat()
      .map((passage) => Number.parseFloat(passage))
      .filter((value) => !Number.isNaN(value));
    return values.length > 0 ? Math.max(...values) : undefined;
  };
  const hasText = (hit: Small): boolean => [hit._source.text ?? []].flat().some((passage) => passage.trim() !== '');
  const read = hits.filter(hasText);
  const ordered = [
    ...read.filter((hit) => best(hit) !== undefined).sort((a, b) => best(b)! - best(a)!),
    ...read.filter((hit) => best(hit) === undefined),
  ];
  return hits.map((hit) => (hasText(hit) ? ordered.shift()! : hit));
}

const ids = (out: readonly RerankedHit<Small>[]): string => out.map(({ _id }) => _id).join('');

const call = (options: object): Promise<unknown> => rerankHits(recorded('plain').hits.hits, 'q', options as never);

describe('rerankHits', () => {
  it('orders as a slow oracle does: best passage first, ties and hits without text where they stood', async () => {
    await fc.assert(
      fc.asyncProperty(hitLists, async (hits) => {
        const out = await rerankHits(frozen(hits), 'q', { reranker, text });
        expect(out.hits.map(({ _secondpass }) => hits[_secondpass.firstStage.place! - 1])).toEqual(slowly(hits));
      }),
    );
  });

  it('loses none, doubles none, changes none of what it was given, and keeps all of it by reference', async () => {
    const rerankers: Reranker[] = [
      reranker,
      inputOrder,
      cascade(reranker, cut(3)),
      onlyFirst(reranker, 4),
      { name: 'failing', rerank: () => Promise.reject(new Error('no')) },
      { name: 'silent', rerank: async () => ({ results: [], notes: [], runs: [] }) },
      {
        name: 'doubling',
        rerank: async (query, candidates) => {
          const { results } = await reranker.rerank(query, candidates);
          return { results: [...results, ...results], notes: [], runs: [] };
        },
      },
      {
        name: 'making up',
        rerank: async (query, candidates) => {
          const ranking = await reranker.rerank(query, candidates);
          const none = { candidate: { id: 'x', content: 'made up' }, originalIndex: 0, placedBy: 'making up' };
          return { ...ranking, results: [none, ...ranking.results] } as never;
        },
      },
      {
        name: 'inventing',
        rerank: async (query, candidates) => {
          const copies = candidates.map((candidate) => ({ ...candidate }));
          return reranker.rerank(query, copies) as never;
        },
      },
    ];
    await fc.assert(
      fc.asyncProperty(
        hitLists,
        fc.constantFrom(...rerankers),
        fc.integer({ min: 1, max: 40 }),
        async (hits, reranker, window) => {
          // Where nothing failed, nothing may be saved by falling back.
          const onFailure = reranker.name === 'failing' ? 'first-stage' : 'throw';
          const options = { reranker, text, window, onFailure } as const;
          const { hits: out, rerank } = await rerankHits(frozen(hits), 'q', options);
          expect(out.map(({ _secondpass }) => _secondpass.firstStage.place).toSorted((a, b) => a! - b!)).toEqual(
            hits.map((_, at) => at + 1),
          );
          for (const hit of out) {
            const original = hits[hit._secondpass.firstStage.place! - 1]!;
            expect(hit._source).toBe(original._source);
            expect(hit._secondpass.firstStage.score).toBe(original._score);
          }
          expect(rerank.scored + rerank.unscored).toBe(Math.min(hits.length, window));
        },
      ),
    );
  });

  it('never lets scores rise among those it scored, and gives the others null', async () => {
    await fc.assert(
      fc.asyncProperty(hitLists, async (hits) => {
        const { hits: out, rerank } = await rerankHits(hits, 'q', { reranker, text });
        fc.pre(rerank.applied);
        const scores = out.map(({ _score }) => _score).filter((score) => score !== null);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        expect(scores).toHaveLength(rerank.scored);
        for (const { _score, _secondpass } of out) expect(_score).toBe(_secondpass.score?.value ?? null);
      }),
    );
  });

  it('says of each hit where it stood, who placed it, with which score, logit and passage', async () => {
    const hits: Small[] = [
      { _index: 'i', _id: 'a', _score: 3, _source: { text: ['1', '2'] } },
      { _index: 'i', _id: 'b', _score: 2, _source: {} },
      { _index: 'i', _id: 'c', _score: 1, _source: { text: '5' } },
    ];
    const { hits: out, rerank } = await rerankHits(hits, 'q', { reranker, text });
    expect(out).toEqual([
      {
        ...hits[2],
        _score: 5,
        _secondpass: {
          firstStage: { score: 1, place: 3 },
          placedBy: 'by-number',
          score: { value: 5, kind: 'logit', by: 'by-number' },
          logit: 5,
        },
      },
      { ...hits[1], _score: null, _secondpass: { firstStage: { score: 2, place: 2 } } },
      {
        ...hits[0],
        _score: 2,
        _secondpass: {
          firstStage: { score: 3, place: 1 },
          placedBy: 'by-number',
          score: { value: 2, kind: 'logit', by: 'by-number' },
          logit: 2,
          passage: { text: '2' },
        },
      },
    ]);
    expect(rerank).toMatchObject({ applied: true, window: 3, scored: 2, unscored: 1, reranker: 'by-number' });
    expect(rerank.notes).toMatchObject([{ code: 'unscored', ids: ['b'] }]);
    const { hits: keyed } = await rerankHits(hits, 'q', { reranker, text, hitKey: 'second' });
    expect(keyed[0]!.second.logit).toBe(5);
    expect(keyed[0]).not.toHaveProperty('_secondpass');
  });

  it('names the span that the scorer names, and says what ran', async () => {
    const spans: Scorer = {
      name: 'spans',
      kind: 'logit',
      pointwise: true,
      score: async (_query, candidates) => ({
        value: {
          scores: candidates.map(() => 1),
          details: candidates.map(() => ({ logit: 1, passage: { start: 2, end: 6 } })),
        },
        run: { by: 'spans', durationMs: 1, model: 'm', device: 'cpu' },
      }),
    };
    const [hit] = recorded('plain').hits.hits;
    const out = await rerankHits([hit!], recording.question, { reranker: byScore(spans), text: 'body' });
    expect(out.hits[0]!._secondpass.passage).toEqual({ text: hit!._source!.body.slice(2, 6), start: 2, end: 6 });
    expect(out.rerank).toMatchObject({ model: 'm', device: 'cpu' });
  });

  it('keeps topK, drops below minScore, keeps those that nobody scored, and leaves out what lies beyond the window', async () => {
    const hits = ['5', '1', 'x', '3', '4', '9'].map((text, at): Small => ({
      _index: 'i',
      _id: `${at}`,
      _score: 9 - at,
      _source: { text },
    }));
    const run = async (more: object): Promise<string> =>
      ids((await rerankHits(hits, 'q', { reranker, text, ...more })).hits);
    expect(await run({})).toBe('504312');
    expect(await run({ topK: 2 })).toBe('50');
    expect(await run({ minScore: { kind: 'logit', value: 4 } })).toBe('5042');
    expect(await run({ window: 3 })).toBe('012345');
    expect(await run({ window: 3, topK: 9 })).toBe('012');
    expect(await run({ minScore: { kind: 'probability', value: 0.99 } })).toBe('502');
    expect(ids((await rerankHits([], 'q', { reranker, text })).hits)).toBe('');
  });

  it('refuses what it cannot do, before anything is done', async () => {
    await expect(call({ text: 'body' })).rejects.toThrow(/needs a reranker/u);
    await expect(call({ reranker })).rejects.toThrow(/text: 'body'/u);
    await expect(call({ reranker, text: 'body', windoww: 3 })).rejects.toThrow(/did you mean "window"/u);
    await expect(call({ reranker, text: 'body', window: 0 })).rejects.toThrow(/window is 0/u);
    await expect(call({ reranker, text: 'body', topK: -1 })).rejects.toThrow(/topK is -1/u);
    await expect(call({ reranker, text: 'body', onFailure: 'cry' })).rejects.toThrow(/first-stage, throw/u);
    await expect(call({ reranker, text: 'body', blend: { weights: { clicks: 1 } } })).rejects.toThrow(/clicks/u);
    await expect(call({ reranker, text: 'body', timeoutMs: Number.NaN })).rejects.toThrow(/timeoutMs/u);
    await expect(call({ reranker, text: 'body', signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow(
      'gone',
    );
    await expect(rerankHits(recorded('plain').hits.hits, ' ', { reranker, text: 'body' })).rejects.toThrow(/empty/u);
  });

  it('speaks of hits by their _id, also where none has text', async () => {
    const { hits, rerank } = await rerankHits(recorded('plain').hits.hits.slice(0, 2), 'q', {
      reranker,
      text: 'nowhere',
    });
    expect(rerank).toMatchObject({ applied: false, reason: 'nothing-scored', scored: 0, unscored: 2 });
    expect(rerank.notes[0]!.ids).toEqual(hits.map(({ _id }) => _id));
    expect(hits[0]!._score).toBe(recorded('plain').hits.hits[0]!._score);
  });

  it('shows rerankers the first-stage score and the signals of a hit, for learned models', async () => {
    const seen: unknown[] = [];
    const looking: Reranker = {
      name: 'looking',
      rerank(query, candidates, options) {
        seen.push(...candidates.map(({ score, signals }) => ({ score, signals })));
        return reranker.rerank(query, candidates, options);
      },
    };
    const hits = [
      { _id: 'a', _score: 2, _source: { text: '1', clicks: 5 } },
      { _id: 'b', _score: null, _source: { text: '2' } },
    ];
    await rerankHits(hits, 'q', { reranker: looking, text: 'text', signals: { clicks: 'clicks' } });
    expect(seen).toEqual([
      { score: { value: 2, kind: 'retrieval', by: 'elasticsearch' }, signals: { clicks: 5 } },
      { score: undefined, signals: undefined },
    ]);
  });

  it('appends to explanations', async () => {
    const [hit] = recorded('rich').hits.hits;
    const { hits } = await rerankHits([hit!], 'q', { reranker, text: () => '2' });
    const explanation = hits[0]!._explanation!;
    expect(explanation.value).toBe(2);
    expect(explanation.details!.at(-1)).toBe(hit!._explanation);
    expect((hits[0]!._source as Note).body).toBe(hit!._source!.body);
  });
});
