import { byScore, type Scorer, withCache } from '@secondpass/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { counting, doc, notes, scoresOf } from './counting-scorer.ts';

test('a cached scorer says what the scorer says, for any sequence of calls and any size', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.tuple(fc.constantFrom('q', 'r'), fc.array(fc.constantFrom('a', 'bb', 'ccc', 'dddd', '?'), { maxLength: 6 }))), // prettier-ignore
      async (maxEntries, calls) => {
        const plain = counting({ skip: '?' }).scorer;
        const cached = withCache(counting({ skip: '?' }).scorer, { maxEntries });
        for (const [query, texts] of calls) {
          const list = texts.map((text, i) => doc(text, `${i}`));
          expect(await scoresOf(cached, query, list)).toEqual(await scoresOf(plain, query, list));
        }
      },
    ),
  ));

test('what was scored is not asked again, under another id too; another query is', async () => {
  const { scorer, asked } = counting();
  const cached = withCache(scorer);
  await cached.score('q', [doc('a'), doc('bb')]);
  const { run } = await cached.score('q', [doc('bb', 'other id'), doc('ccc')]);
  expect(asked).toEqual(['q|a', 'q|bb', 'q|ccc']);
  expect(run).toMatchObject({ by: 'length@1', model: 'm', usage: { pairs: 1, tokens: 10, cached: 1 } });
  await cached.score('r', [doc('a')]);
  expect(asked.at(-1)).toBe('r|a');
});

test('new and forgotten candidates are asked in one call', async () => {
  const { scorer } = counting();
  let calls = 0;
  const spied: Scorer = { ...scorer, score: (...args) => (calls++, scorer.score(...args)) };
  const cached = withCache(spied, { maxEntries: 1 });
  await cached.score('q', [doc('a')]);
  await cached.score('q', [doc('bb')]);
  await cached.score('q', [doc('a'), doc('ccc')]);
  expect(calls).toBe(3);
});

test('equal candidates in one list are asked once, and tie in input order', async () => {
  const { scorer, asked } = counting();
  const ranking = await byScore(withCache(scorer)).rerank('q', [doc('a', '1'), doc('bb', '2'), doc('a', '3')]);
  expect(asked).toEqual(['q|a', 'q|bb']);
  expect(ranking.results.map(({ candidate }) => candidate.id)).toEqual(['2', '1', '3']);
  expect(ranking.runs).toMatchObject([{ usage: { pairs: 2, cached: 1 } }]);
  const [one, other] = [doc('ccc'), doc('dddd')];
  const { run } = await withCache(scorer).score('q', [one, other, one, one]);
  expect(run!.usage).toMatchObject({ pairs: 2, cached: 2 });
});

test('a missing score is not remembered, and never becomes 0', async () => {
  const { scorer, asked } = counting({ skip: '?' });
  const cached = withCache(scorer);
  expect(await scoresOf(cached, 'q', [doc('?'), doc('a')])).toEqual([undefined, 1]);
  expect(await scoresOf(cached, 'q', [doc('?'), doc('a')])).toEqual([undefined, 1]);
  expect(asked).toEqual(['q|?', 'q|a', 'q|?']);
});

test('a note that names a candidate comes back with its cached score, and names only who is there', async () => {
  const cached = withCache(counting({ notes }).scorer);
  await cached.score('q', [doc('a'), doc('bb')]);
  const again = await cached.score('q', [doc('bb', 'x')]);
  expect(again.notes).toMatchObject([{ code: 'truncated', ids: ['x'], message: '(cached) cut at 512 tokens' }]);
});

test('a score that something had gone wrong with is not kept: asked again, it is scored again', async () => {
  for (const code of ['timed-out', 'worker-lost', 'malformed-answer']) {
    const { scorer, asked } = counting({ notes: (ids) => [{ code, by: 'length@1', message: 'in part', ids: ids.slice(0, 1) }] }); // prettier-ignore
    const cached = withCache(scorer);
    await cached.score('q', [doc('a'), doc('bb')]);
    await cached.score('q', [doc('a'), doc('bb')]);
    expect(asked).toEqual(['q|a', 'q|bb', 'q|a']);
    const whole = counting({ notes: () => [{ code, by: 'length@1', message: 'of all' }] });
    const other = withCache(whole.scorer);
    for (let call = 0; call < 2; call++) await other.score('q', [doc('a')]);
    expect(whole.asked).toEqual(['q|a', 'q|a']);
  }
});

test('keeps a score that was partly given for good: a term that a candidate has not', async () => {
  const { scorer, asked } = counting({ notes: (ids) => [{ code: 'partly-scored', by: 'length@1', message: 'no date', ids }] }); // prettier-ignore
  const cached = withCache(scorer);
  await cached.score('q', [doc('a')]);
  const { notes } = await cached.score('q', [doc('a', 'other')]);
  expect(asked).toEqual(['q|a']);
  expect(notes).toMatchObject([{ code: 'partly-scored', ids: ['other'] }]);
});

test('the scorer gets the call as it is; what it says beside a score comes back with it; an aborted call gets nothing', async () => {
  const { scorer } = counting();
  const seen: unknown[] = [];
  const telling: Scorer = {
    ...scorer,
    score: async (query, candidates, options) => {
      seen.push(options);
      const { value } = await scorer.score(query, candidates);
      return { value: { ...value, details: candidates.map(({ content }) => ({ logit: content.length })) } };
    },
  };
  const cached = withCache(telling);
  const call = { signal: new AbortController().signal, deadline: 9e15, onEvent: () => {} };
  await cached.score('q', [doc('a')], call);
  expect(seen).toEqual([call]);
  const { value } = await cached.score('q', [doc('bb'), doc('a')]);
  expect(value.details).toEqual([{ logit: 2 }, { logit: 1 }]);
  await expect(cached.score('q', [doc('a')], { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
});

test('a note that names a candidate twice comes back once', async () => {
  const cached = withCache(counting({ notes: (ids) => notes([...ids, ...ids]) }).scorer);
  await cached.score('q', [doc('a')]);
  expect((await cached.score('q', [doc('a', 'x')])).notes).toMatchObject([{ code: 'truncated', ids: ['x'] }]);
});

test('pairs are counted where the scorer does not count them', async () => {
  const { scorer } = counting();
  const silent: Scorer = { ...scorer, score: async (...args) => ({ value: (await scorer.score(...args)).value }) };
  const { run } = await withCache(silent).score('q', [doc('a'), doc('bb'), doc('a', 'x')]);
  expect(run!.usage).toEqual({ pairs: 2, cached: 1 });
});

test('a note that names many candidates comes back as one', async () => {
  const { scorer } = counting({ notes });
  const cached = withCache(scorer);
  const many = Array.from({ length: 3000 }, (_, i) => doc(`text ${i}`, `d${i}`));
  await cached.score('q', many);
  const again = await cached.score('q', many);
  expect(again.notes).toMatchObject([{ code: 'truncated', ids: many.map(({ id }) => id) }]);
});

test('as one, too, where several calls have scored them', async () => {
  const cached = withCache(counting({ notes }).scorer);
  for (const text of ['a', 'bb', 'ccc']) await cached.score('q', [doc(text)]);
  const again = await cached.score('q', [doc('a', 'x'), doc('bb', 'y'), doc('ccc', 'z')]);
  expect(again.notes).toMatchObject([{ code: 'truncated', ids: ['x', 'y', 'z'] }]);
});

test('a note that names nobody speaks of all: it comes with every answer, once, cached or not', async () => {
  const licence = { code: 'licence', by: 'length@1', message: 'forbids commercial use' };
  const cached = withCache(counting({ notes: () => [{ ...licence }] }).scorer);
  for (const texts of [['a'], ['bb'], ['a', 'bb'], ['a', 'bb', 'ccc']]) {
    expect((await cached.score('q', texts.map((text) => doc(text)))).notes).toEqual([licence]); // prettier-ignore
  }
});

test('whoever changes what stands beside a score changes no cached one, and no equal candidate', async () => {
  const { scorer } = counting();
  const telling: Scorer = {
    ...scorer,
    async score(query, candidates) {
      const { value } = await scorer.score(query, candidates);
      return { value: { ...value, details: candidates.map(() => ({ logit: 1, passage: { start: 0, end: 9 } })) } };
    },
  };
  const cached = withCache(telling);
  for (let call = 0; call < 3; call++) {
    const { details } = (await cached.score('q', [doc('a'), doc('a', 'copy')])).value;
    for (const at of [0, 1]) {
      expect(details![at]).toEqual({ logit: 1, passage: { start: 0, end: 9 } });
      Object.assign(details![at]!, { logit: -1 });
      Object.assign(details![at]!.passage!, { start: 7 });
    }
  }
});

test('a long list blocks nobody while it is looked up', async () => {
  const many = Array.from({ length: 2000 }, (_, i) => doc(`${i} ${'word '.repeat(500)}`, `d${i}`));
  let turns = 0;
  const ended = withCache(counting().scorer).score('q', many);
  const count = setInterval(() => turns++);
  await ended;
  clearInterval(count);
  expect(turns).toBeGreaterThan(1);
  const controller = new AbortController();
  const ending = withCache(counting().scorer).score('q', many, { signal: controller.signal });
  setImmediate(() => controller.abort('enough'));
  await expect(ending).rejects.toBe('enough');
});

test('a scorer whose scores depend on the list, and wrong options, are refused', () => {
  const { scorer } = counting();
  const wrong = expect.objectContaining({ code: 'invalid-argument' });
  expect(() => withCache({ ...scorer, pointwise: false })).toThrow(wrong);
  expect(() => withCache(scorer, { maxEntries: 0 })).toThrow(wrong);
  expect(() => withCache(scorer, { max: 5 } as never)).toThrow(wrong);
});

test('what is no score is neither handed on nor kept', async () => {
  const nan: Scorer = { ...counting().scorer, score: async () => ({ value: { scores: [Number.NaN] } }) };
  await expect(withCache(nan).score('q', [doc('a')])).rejects.toMatchObject({ code: 'invalid-score' });
  const short: Scorer = { ...counting().scorer, score: async () => ({ value: { scores: [] } }) };
  await expect(withCache(short).score('q', [doc('a')])).rejects.toMatchObject({ code: 'invalid-score' });
});
