import { byScore, inputOrder, type Reranker, type Scorer, withFallback } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { rerankHits, type RerankedHit } from '../../src/index.ts';
import { recorded, recording, type Note } from '../recorded/recorded.ts';
import { reranker, text, type Small } from './by-number.ts';

const ids = (out: readonly RerankedHit<Small>[]): string => out.map(({ _id }) => _id).join('');

const call = (options: object): Promise<unknown> => rerankHits(recorded('plain').hits.hits, 'q', options as never);

describe('rerankHits', () => {
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

  it('takes an option given as undefined as not given', async () => {
    const hits = Array.from({ length: 60 }, (_, at): Small => ({
      _index: 'i',
      _id: `${at}`,
      _score: 1,
      _source: { text: '1' },
    }));
    const { rerank } = await rerankHits(hits, 'q', { reranker, text, window: undefined });
    expect(rerank).toMatchObject({ window: 60, scored: 60 });
  });

  it('keeps what a reranker threw out of the JSON of a response, and at hand', async () => {
    const thrown = Object.assign(new Error('Request failed with status code 503'), {
      config: { headers: { authorization: 'Bearer secret' } },
      request: {} as { own?: unknown },
    });
    // As axios has it; the clients of node:http hold a request that holds itself.
    Object.assign(thrown, { toJSON: () => ({ message: thrown.message, config: thrown.config }) });
    thrown.request.own = thrown.request;
    const remote: Scorer = { name: 'remote', kind: 'logit', pointwise: true, score: () => Promise.reject(thrown) };
    const { hits } = recorded('plain').hits;
    for (const failing of [byScore(remote), withFallback(byScore(remote), inputOrder)]) {
      const out = await rerankHits(hits, 'q', { reranker: failing, text: 'body' });
      expect(JSON.stringify(out)).not.toContain('secret');
      const [note] = out.rerank.notes;
      expect(note).toMatchObject({ code: 'fell-back', message: expect.stringContaining(thrown.message) as string });
      expect(note!.cause).toBe(thrown);
      expect(Object.keys(note!)).not.toContain('cause');
    }
  });

  it('refuses what it cannot do, before anything is done', async () => {
    await expect(call({ text: 'body' })).rejects.toThrow(/needs a reranker/u);
    await expect(call({ reranker })).rejects.toThrow(/text: 'body'/u);
    await expect(call({ reranker, text: 'body', windoww: 3 })).rejects.toThrow(/did you mean "window"/u);
    await expect(call({ reranker, text: 'body', window: 0 })).rejects.toThrow(/window is 0/u);
    await expect(call({ reranker, text: 'body', topK: -1 })).rejects.toThrow(/topK is -1/u);
    await expect(call({ reranker, text: 'body', minScore: 0.5 })).rejects.toThrow(
      /minScore is 0.5; pass \{ kind, value \}/u,
    );
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

  it('follows onFailure where a text function throws, and throws where it gives no text', async () => {
    const { hits } = recorded('plain').hits;
    const throwing = (): string => {
      throw new Error('boom');
    };
    const out = await rerankHits(hits, 'q', { reranker, text: throwing });
    expect(out.hits.map(({ _id }) => _id)).toEqual(hits.map(({ _id }) => _id));
    expect(out.rerank).toMatchObject({ applied: false, reason: 'failed' });
    expect(out.rerank.notes[0]!.message).toMatch(new RegExp(`hit "${hits[0]!._id}": boom`, 'u'));
    const thrown = { code: 'failed', message: expect.stringContaining(`hit "${hits[0]!._id}"`) as string };
    await expect(call({ reranker, text: throwing, onFailure: 'throw' })).rejects.toMatchObject(thrown);
    for (const text of [() => 5, () => ({}), () => [1]]) {
      await expect(call({ reranker, text })).rejects.toMatchObject({ ...thrown, code: 'invalid-argument' });
    }
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
