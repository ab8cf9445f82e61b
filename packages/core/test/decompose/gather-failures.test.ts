import { describe, expect, it, vi } from 'vitest';
import { coverQuestions, gather, interleave, type Retriever } from '@secondpass/core';
import { dead, hanging, wordSearch } from './fakes.ts';

const library = {
  ada: 'Ada Lovelace was born in 1815',
  babbage: 'Charles Babbage was born in 1791',
  tea: 'Tea is hot',
};

describe('retrievers that fail', () => {
  it('are a note, and the rest goes on', async () => {
    const { pools, notes } = await gather('ada', [{ text: 'tea' }], [dead, wordSearch('one', library)]);
    expect(pools.map(({ name, candidates }) => [name, candidates.length])).toEqual([
      ['dead', 0],
      ['one', 1],
      ['dead #1', 0],
      ['one #1', 1],
    ]);
    expect(notes).toMatchObject([{ code: 'retriever-failed', by: 'dead' }]);
    expect(notes[0]!.message).toContain('2 of 2 question(s): connection refused');
    expect(notes[0]!.cause).toBeInstanceOf(Error);
  });

  it('leave their places in a fusion with quotas to the others', async () => {
    const { pools } = await gather('ada', [], [dead, wordSearch('one', library)]);
    for (const fusion of [
      interleave({ quotas: { dead: 1, one: 1 } }),
      coverQuestions({ within: interleave({ quotas: { dead: 1, one: 1 } }) }),
    ]) {
      expect(fusion.fuse(pools).candidates.length).toBeGreaterThan(0);
    }
  });

  it('that hang are waited for no longer than the deadline or the timeout', async () => {
    const started = Date.now();
    const late = await gather('ada', [], [hanging, wordSearch('one', library)], { deadline: Date.now() + 50 });
    const bound = await gather('ada', [], [hanging, wordSearch('one', library)], { timeoutMs: 50 });
    expect(Date.now() - started).toBeLessThan(5000);
    for (const { notes } of [late, bound]) {
      expect(notes).toMatchObject([{ code: 'retriever-failed', by: 'hanging', cause: { code: 'timed-out' } }]);
    }
  });

  it('that throw at once or answer nonsense are failures like any other', async () => {
    const rude: Retriever = {
      name: 'rude',
      retrieve: () => {
        throw new TypeError('before any promise');
      },
    };
    const odd: Retriever = { name: 'odd', retrieve: async () => ({ hits: [] }) as never };
    const { notes } = await gather('ada', [], [rude, odd, wordSearch('one', library)]);
    expect(notes.map(({ by }) => by)).toEqual(['rude', 'odd']);
    expect(notes[1]!.message).toContain('It answered object instead of an array');
  });

  it('are an error when all of them do: there is nothing to go on with', async () => {
    await expect(gather('ada', [{ text: 'tea' }], dead)).rejects.toMatchObject({
      code: 'failed',
      cause: { message: 'connection refused' },
    });
    await expect(gather('ada', [], [hanging, dead], { timeoutMs: 20 })).rejects.toMatchObject({ code: 'failed' });
    await expect(gather('ada', [], hanging, { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'timed-out',
      retryable: true,
    });
    await expect(gather('ada', [], dead, { deadline: Date.now() - 1 })).rejects.toMatchObject({ code: 'timed-out' });
    vi.useFakeTimers();
    try {
      const now = gather('ada', [], wordSearch('one', library), { deadline: Date.now() });
      await expect(now).rejects.toMatchObject({ code: 'timed-out' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('may find nothing: that is no failure', async () => {
    const { pools } = await gather('zzz', [], wordSearch('one', library));
    expect(pools).toMatchObject([{ name: 'one', candidates: [] }]);
  });

  it('get a signal that fires when their time is up', async () => {
    let reason: unknown;
    const listening: Retriever = {
      name: 'listening',
      retrieve: (_query, options) =>
        new Promise((_, reject) => {
          options!.signal!.addEventListener('abort', () => reject((reason = options!.signal!.reason)));
        }),
    };
    await gather('ada', [], [listening, wordSearch('one', library)], { timeoutMs: 20 });
    expect(reason).toMatchObject({ code: 'timed-out' });
  });
});

describe('the caller', () => {
  it('can abort, before and during', async () => {
    await expect(gather('q', [], hanging, { signal: AbortSignal.abort(new Error('changed my mind')) })).rejects.toThrow(
      'changed my mind',
    );
    const controller = new AbortController();
    const running = gather('q', [{ text: 'a' }], [hanging, dead], { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await expect(running).rejects.toThrow('enough');
  });

  it.each([
    ['an empty question', () => gather('  ', [], dead)],
    ['no retriever', () => gather('q', [], [])],
    ['what is no retriever', () => gather('q', [], { name: 'x' } as never)],
    ['two retrievers of one name', () => gather('q', [], [dead, dead])],
    ['an unknown option', () => gather('q', [], dead, { depth: 5 } as never)],
    ['a depth of 0', () => gather('q', [], dead, { depthPerPart: 0 })],
    ['maxQueries of 0', () => gather('q', [], dead, { maxQueries: 0 })],
    ['a negative weight of a retriever', () => gather('q', [], dead, { weights: { dead: -1 } })],
    ['a weight for nobody', () => gather('q', [], dead, { weights: { bm25: 1 } })],
    ['an infinite part weight', () => gather('q', [{ text: 'a', weight: Infinity }], dead)],
    ['a negative part weight', () => gather('q', [{ text: 'a', weight: -1 }], dead)],
  ])('is told of %s', async (_what, call) => {
    await expect(call()).rejects.toMatchObject({ name: 'SecondpassError', code: 'invalid-argument' });
  });
});
