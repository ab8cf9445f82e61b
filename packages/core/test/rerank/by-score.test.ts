import { byScore, cascade, type Note, type RerankEvent, type Scored, type Scorer } from '@secondpass/core';
import { expect, test } from 'vitest';

const list = ['a', 'b', 'c'].map((id) => ({ id, content: `text of ${id}`, page: { of: id } }));
const scorer = (scores: Scored['scores'], more: { notes?: Note[] } = {}): Scorer => ({
  name: 's',
  kind: 'logit',
  pointwise: true,
  score: async () => ({ value: { scores }, ...more }),
});

test('callers get their own candidates back, typed, with the score that placed them', async () => {
  const { results, notes, runs } = await byScore(scorer([0.5, 2, 1])).rerank('q', list);
  expect(results.map(({ candidate }) => candidate.page.of)).toEqual(['b', 'c', 'a']);
  expect(results[0]!.candidate).toBe(list[1]);
  expect(results[0]).toMatchObject({ originalIndex: 1, placedBy: 's', score: { value: 2, kind: 'logit', by: 's' } });
  expect(notes).toEqual([]);
  expect(runs).toEqual([{ by: 's', durationMs: expect.any(Number) }]);
});

test('what a scorer could not score is said, once', async () => {
  const plain = await byScore(scorer([1, undefined, undefined])).rerank('q', list);
  expect(plain.notes).toMatchObject([{ code: 'unscored', by: 's', ids: ['b', 'c'] }]);
  const timedOut = { code: 'timed-out', by: 's', message: 'late', ids: ['c'] };
  const said = await byScore(scorer([1, undefined, undefined], { notes: [timedOut] })).rerank('q', list);
  expect(said.notes).toMatchObject([timedOut, { code: 'unscored', ids: ['b'] }]);
});

test.each(['unscored', 'timed-out', 'empty-text', 'unsupported-content', 'malformed-answer', 'worker-lost'])(
  'a note of %s says why, and is enough',
  async (code) => {
    const said = { code, by: 's', message: 'm', ids: ['b'] };
    const { notes } = await byScore(scorer([1, undefined, 2], { notes: [said] })).rerank('q', list);
    expect(notes).toEqual([said]);
  },
);

test.each(['truncated', 'malformed-text', 'partly-scored', 'something of a stranger'])(
  'a note of %s does not explain being unscored',
  async (code) => {
    const said = { code, by: 's', message: 'm', ids: ['b'] };
    const { notes } = await byScore(scorer([1, undefined, 2], { notes: [said] })).rerank('q', list);
    expect(notes).toMatchObject([said, { code: 'unscored', ids: ['b'] }]);
  },
);

test('a scorer sees neither topK nor minScore, and the same signal and deadline', async () => {
  const signal = new AbortController().signal;
  let seen: unknown;
  const spy: Scorer = { ...scorer([3, 2, 1]), score: async (_q, _c, options) => ((seen = options), { value: { scores: [3, 2, 1] } }) }; // prettier-ignore
  const options = { topK: 2, minScore: { kind: 'logit', value: 2.5 }, signal, deadline: 9e15 } as const;
  const { results } = await byScore(spy).rerank('q', list, options);
  expect(seen).toEqual({ signal, deadline: 9e15, onEvent: undefined });
  expect(results.map(({ candidate }) => candidate.id)).toEqual(['a']);
});

test('an abort while scoring rejects with the reason, whatever the scorer answered', async () => {
  const controller = new AbortController();
  const late: Scorer = { ...scorer([1, 2, 3]), score: async () => (controller.abort('enough'), { value: { scores: [1, 2, 3] } }) }; // prettier-ignore
  await expect(byScore(late).rerank('q', list, { signal: controller.signal })).rejects.toBe('enough');
});

test('duplicate ids are kept, with a note; an empty list is no work; an empty query is a mistake', async () => {
  const twice = await byScore(scorer([1, 2])).rerank('q', [list[0]!, list[0]!]);
  expect(twice.results.map(({ originalIndex }) => originalIndex)).toEqual([1, 0]);
  expect(twice.notes).toMatchObject([{ code: 'duplicate-id', ids: ['a'] }]);
  expect(await byScore(scorer([])).rerank('q', [])).toEqual({ results: [], notes: [], runs: [] });
  await expect(byScore(scorer([])).rerank(' ', [])).rejects.toMatchObject({ code: 'invalid-argument' });
});

test('a scorer of a kind that is none is refused where it is given: nothing could be said of its scores', () => {
  const wrong = /byScore\(\) takes a scorer, .*: s\.kind is "cosine"; known: logit, probability, similarity/;
  expect(() => byScore({ ...scorer([]), name: 's', kind: 'cosine' as never })).toThrow(wrong);
  expect(() => byScore({ ...scorer([]), kind: undefined as never })).toThrow(/kind is "undefined"/);
});

test('a start and an end are told, with what it took', async () => {
  const events: RerankEvent[] = [];
  const run = { by: 's', durationMs: 3, usage: { pairs: 3 } };
  const counted: Scorer = { ...scorer([]), score: async () => ({ value: { scores: [1, 2, 3] }, run }) };
  const ranking = await byScore(counted).rerank('q', list, { onEvent: (event) => events.push(event) });
  expect(events).toMatchObject([
    { type: 'rerank-start', by: 's', candidates: 3 },
    { type: 'rerank-end', by: 's', usage: { pairs: 3 } },
  ]);
  expect(ranking.runs).toEqual([run]);
});

test('what a threshold could not judge is said beside what stayed unscored', async () => {
  const minScore = { kind: 'logit', value: 0 } as const;
  const { results, notes } = await byScore(scorer([1, undefined, -1])).rerank('q', list, { minScore });
  expect(results.map(({ candidate }) => candidate.id)).toEqual(['a', 'b']);
  expect(notes).toMatchObject([
    { code: 'unscored', ids: ['b'], message: expect.stringContaining('no score') },
    { code: 'unscored', ids: ['b'], message: expect.stringContaining('no logit') },
  ]);
});

test('with a threshold of another kind too, a reranker alone is the cascade of it', async () => {
  const inPart: Scorer = {
    ...scorer([]),
    kind: 'similarity',
    score: async () => ({
      value: { scores: [0.4] },
      notes: [{ code: 'timed-out', by: 's', message: 'scored in part', ids: ['a'] }],
    }),
  };
  const call = { minScore: { kind: 'probability', value: 0.5 } } as const;
  const alone = await byScore(inPart).rerank('q', list.slice(0, 1), call);
  const { results, notes } = await cascade(byScore(inPart)).rerank('q', list.slice(0, 1), call);
  expect(alone.results).toEqual(results);
  expect(alone.notes.map(({ code }) => code)).toEqual(['timed-out', 'unscored']);
  expect(notes.map(({ code }) => code)).toEqual(['timed-out', 'unscored']);
});
