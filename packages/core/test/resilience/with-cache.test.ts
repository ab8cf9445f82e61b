import { byScore, type Candidate, type Content, type Note, type Scorer, withCache } from '@secondpass/core';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { lruMap } from '../../src/resilience/lru-map.ts';
import { candidateKey, queryKey } from '../../src/resilience/score-key.ts';
import { caught, countedSignal } from './support.ts';

/** Scores by the length of the text, counting what it was asked; `skip` is what it cannot score. */
function counting(more: { skip?: string; notes?: (ids: string[]) => Note[]; gate?: () => Promise<void> } = {}) {
  const asked: string[] = [];
  const scorer: Scorer = {
    name: 'length@1',
    kind: 'logit',
    pointwise: true,
    async score(query, candidates) {
      asked.push(...candidates.map(({ content }) => `${String(query)}|${String(content)}`));
      await more.gate?.();
      const scores = candidates.map(({ content }) => (content === more.skip ? undefined : content.length));
      const notes = more.notes?.(candidates.map(({ id }) => id)) ?? [];
      const usage = { pairs: candidates.length, tokens: 10 * candidates.length };
      return { value: { scores }, notes, run: { by: 'length@1', durationMs: 1, model: 'm', usage } };
    },
  };
  return { scorer, asked };
}
const doc = (content: Content, id = String(content)): Candidate => ({ id, content });
const turn = () => new Promise((resolve) => setImmediate(resolve));
const key = (candidate: Candidate, more = '') => candidateKey('p', candidate, more);
const image = (data: Uint8Array | URL): Content => [{ type: 'image', mediaType: 'image/png', data }];
const notes = (ids: string[]): Note[] => [{ code: 'truncated', by: 'length@1', message: 'cut at 512 tokens', ids }];
const scoresOf = async (scorer: Scorer, query: string, list: Candidate[]) =>
  Array.from((await scorer.score(query, list)).value.scores);

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
  expect(again.notes).toMatchObject([
    { code: 'truncated', ids: ['x'], message: expect.stringContaining('cut at 512') },
  ]);
});

test('calls at the same time share their work, and one that fails or aborts takes nobody along', async () => {
  const ends: { pass: () => void; fail: (e: unknown) => void }[] = [];
  const gate = () => new Promise<void>((pass, fail) => ends.push({ pass, fail }));
  const { scorer, asked } = counting({ gate });
  const cached = withCache(scorer);
  const first = cached.score('q', [doc('a'), doc('bb')]);
  const second = cached.score('q', [doc('bb')]);
  await turn();
  expect(asked).toEqual(['q|a', 'q|bb']);
  ends[0]!.pass();
  await first;
  expect(await second).toMatchObject({ value: { scores: [2] }, run: { usage: { pairs: 0, cached: 1 } } });

  const failing = caught(cached.score('q', [doc('ccc')]));
  const left = cached.score('q', [doc('ccc')]);
  await turn();
  ends[1]!.fail(new Error('lost'));
  expect(await failing).toMatchObject({ message: 'lost' });
  await turn();
  ends[2]!.pass();
  expect((await left).value.scores).toEqual([3]);

  const { controller, listeners } = countedSignal();
  const leader = cached.score('q', [doc('dddd')]);
  const impatient = caught(cached.score('q', [doc('dddd')], { signal: controller.signal }));
  await turn();
  controller.abort('enough');
  expect(await impatient).toBe('enough');
  expect(listeners()).toBe(0);
  ends[3]!.pass();
  await leader;
});

test('when the call that all wait for is given up, one of them takes its place and the others wait for it', async () => {
  const ends: { pass: () => void; fail: (e: unknown) => void }[] = [];
  const { scorer, asked } = counting({ gate: () => new Promise<void>((pass, fail) => ends.push({ pass, fail })) });
  const cached = withCache(scorer);
  const list = [doc('a'), doc('bb')];
  const leader = caught(cached.score('q', list));
  const waiting = Array.from({ length: 4 }, () => cached.score('q', list));
  await turn();
  ends[0]!.fail('given up');
  expect(await leader).toBe('given up');
  await turn();
  expect(asked).toHaveLength(4);
  ends[1]!.pass();
  const answers = await Promise.all(waiting);
  expect(asked).toHaveLength(4);
  expect(answers.map(({ value }) => value.scores)).toEqual(Array.from({ length: 4 }, () => [1, 2]));
  expect(answers.map(({ run }) => run!.usage!.cached)).toEqual([0, 2, 2, 2]);
});

test('nobody waits for a third call: where a scorer keeps failing, failures do not queue up', async () => {
  const ends: (() => void)[] = [];
  const { scorer } = counting({ gate: () => new Promise<void>((_, fail) => ends.push(() => fail('down'))) });
  const cached = withCache(scorer);
  const calls = Array.from({ length: 6 }, () => caught(cached.score('q', [doc('a')])));
  for (const started of [1, 2, 6]) {
    await turn();
    expect(ends).toHaveLength(started);
    for (const end of ends) end();
  }
  expect(await Promise.all(calls)).toEqual(Array.from({ length: 6 }, () => 'down'));
});

test('who waits for another call waits no longer than to the own deadline', async () => {
  const gates: (() => void)[] = [];
  const { scorer } = counting({ gate: () => new Promise((resolve) => void gates.push(resolve)) });
  const cached = withCache(scorer);
  const leader = cached.score('q', [doc('a')]);
  const late = cached.score('q', [doc('a')], { deadline: Date.now() + 20 });
  await vi.waitFor(() => expect(gates).toHaveLength(2), { timeout: 5000 }); // The scorer is told itself, with the deadline, and answers as it does at deadlines.
  for (const open of gates) open();
  expect((await late).value.scores).toEqual([1]);
  await leader;
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

test('a note that names many candidates comes back as one', async () => {
  const { scorer } = counting({ notes });
  const cached = withCache(scorer);
  const many = Array.from({ length: 3000 }, (_, i) => doc(`text ${i}`, `d${i}`));
  await cached.score('q', many);
  const again = await cached.score('q', many);
  expect(again.notes).toMatchObject([{ code: 'truncated', ids: many.map(({ id }) => id) }]);
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

test('all that may enter a score enters the key, and nothing else', () => {
  const base: Candidate = { id: 'a', content: 'text' };
  const score = { value: 1, kind: 'retrieval', by: 'bm25' } as const;
  const vectors = { data: Float32Array.of(1, 2), rows: 1, cols: 2 };
  const different = [
    key(base),
    key({ ...base, content: 'texT' }),
    key({ ...base, content: [{ type: 'text', text: 'text' }] }),
    key({ ...base, content: [{ type: 'text', text: 'te' }, { type: 'text', text: 'xt' }] }), // prettier-ignore
    key({ ...base, content: image(Uint8Array.of(1)) }),
    key({ ...base, content: image(Uint8Array.of(2)) }),
    key({ ...base, content: image(new URL('https://example.org/1')) }),
    key({ ...base, content: '\ud800' }),
    key({ ...base, content: '\ud801' }),
    key({ ...base, content: '\ufffd' }),
    key({ ...base, score }),
    key({ ...base, score: { ...score, value: 2 } }),
    key({ ...base, score: { ...score, by: 'knn' } }),
    key({ ...base, signals: { clicks: 0 } }),
    key({ ...base, signals: { clicks: 1 } }),
    key({ ...base, signals: { '0 clicks': 0 } }),
    key({ ...base, vectors }),
    key({ ...base, vectors: { ...vectors, data: Float32Array.of(1, 3) } }),
    key({ ...base, vectors: { ...vectors, rows: 2, cols: 1 } }),
    key(base, 'more'),
    candidateKey('other', base, ''),
  ];
  expect(new Set(different).size).toBe(different.length);
  expect(key({ ...base, id: 'b' })).toBe(key(base));
  expect(key({ ...base, signals: { a: 1, b: 2 } })).toBe(key({ ...base, signals: { b: 2, a: 1 } }));
  expect(queryKey('s@1', 'q')).not.toBe(queryKey('s@2', 'q'));
});

test('lruMap drops what was longest not used', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.tuple(fc.boolean(), fc.constantFrom(...'abcde')), { minLength: 20, maxLength: 40 }),
      (size, steps) => {
        const map = lruMap<string>(size);
        let recent: string[] = []; // The obvious way: a list, most recent last.
        for (const [write, key] of steps) {
          const read = write ? map.set(key, key) : map.get(key);
          expect(read).toBe(!write && recent.includes(key) ? key : undefined);
          if (write || recent.includes(key)) recent = [...recent.filter((other) => other !== key), key].slice(-size);
          expect(map.size).toBe(recent.length);
        }
      },
    ),
  ));
