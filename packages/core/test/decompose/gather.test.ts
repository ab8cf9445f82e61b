import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { coverQuestions, gather, interleave, type Retriever } from '@secondpass/core';
import { dead, doc, hanging, wordSearch } from './fakes.ts';

const library = {
  ada: 'Ada Lovelace was born in 1815',
  babbage: 'Charles Babbage was born in 1791',
  tea: 'Tea is hot',
};

describe('gather', () => {
  it('asks every retriever the question and every part, and says which pool answers what', async () => {
    const [one, two] = [wordSearch('one', library), wordSearch('two', library)];
    const { pools, notes, runs } = await gather('Who is older?', [{ text: 'Ada born', weight: 2 }], [one, two], {
      weights: { two: 3 },
      questionWeight: 0.5,
    });
    expect(pools.map(({ name, question, weight }) => [name, question, weight])).toEqual([
      ['one', 'Who is older?', 0.5],
      ['two', 'Who is older?', 1.5],
      ['one #1', 'Ada born', 2],
      ['two #1', 'Ada born', 6],
    ]);
    expect(pools[2]!.candidates.map(({ id }) => id)).toEqual(['ada', 'babbage']);
    expect(notes).toEqual([]);
    expect(runs.map(({ by }) => by).toSorted()).toEqual(['one', 'one', 'two', 'two']);
  });

  it('always asks the original question, and no question twice', async () => {
    const fuzzyCase = fc.constantFrom(
      'Who is OLDER',
      'who is older?',
      ' who  is older ?!',
      'Ada?',
      'ADA',
      'Tea',
      'tea.',
      '',
      '?',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fuzzyCase), async (texts) => {
        const search = wordSearch('one', library);
        const { pools } = await gather(
          'Who is older?',
          texts.map((text) => ({ text })),
          search,
        );
        expect(search.asked[0]).toBe('Who is older?');
        const plain = search.asked.map((text) =>
          text
            .toLowerCase()
            .replace(/[^\p{L}]+/gu, ' ')
            .trim(),
        );
        expect(new Set(plain).size).toBe(plain.length);
        expect(plain).not.toContain('');
        expect(pools.map(({ question }) => question)).toEqual(search.asked);
      }),
    );
  });

  it('asks all at once', async () => {
    let waiting = 0;
    let release: (() => void) | undefined;
    const all = new Promise<void>((resolve) => (release = resolve));
    const together: Retriever = {
      name: 'together',
      retrieve: async (query) => {
        if (++waiting === 3) release!();
        await all;
        return [doc(String(query))];
      },
    };
    const { pools } = await gather('a?', [{ text: 'b' }, { text: 'c' }], together, { timeoutMs: 5000 });
    expect(pools.map(({ candidates }) => candidates[0]!.id)).toEqual(['a?', 'b', 'c']);
  });

  it('takes at most depthPerPart, and tells retrievers so', async () => {
    const generous: Retriever = { name: 'generous', retrieve: async () => [doc('a'), doc('b'), doc('c')] };
    expect((await gather('q', [], generous, { depthPerPart: 2 })).pools[0]!.candidates).toHaveLength(2);
    expect(
      (await gather('ada born', [], wordSearch('one', library), { depthPerPart: 1 })).pools[0]!.candidates,
    ).toHaveLength(1);
    const told: unknown[] = [];
    const listening: Retriever = { name: 'one', retrieve: async (_, options) => (told.push(options!.limit), []) };
    await gather('q', [], listening, { depthPerPart: 3 });
    await gather('q', [], listening);
    expect(told).toEqual([3, 50]);
  });

  it('drops parts last-first beyond maxQueries, with a note', async () => {
    const search = wordSearch('one', library);
    const { parts, notes } = await gather(
      'q',
      ['ada', 'tea', 'hot', 'born'].map((text) => ({ text })),
      search,
      { maxQueries: 3 },
    );
    expect(search.asked).toEqual(['q', 'ada', 'tea']);
    expect(parts.map(({ text }) => text)).toEqual(['ada', 'tea']);
    expect(notes).toMatchObject([{ code: 'part-dropped', by: 'gather' }]);
    expect(notes[0]!.message).toContain('"hot", "born"');
  });

  it('asks eight questions unless it is said otherwise, and takes the weights of retrievers by their own names', async () => {
    const search = wordSearch('constructor', library);
    const { pools } = await gather(
      'q',
      Array.from({ length: 9 }, (_, at) => ({ text: `part ${at}` })),
      search,
    );
    expect(search.asked).toHaveLength(8);
    expect(pools.map(({ weight }) => weight)).toEqual(Array.from({ length: 8 }, () => 1));
  });

  it('leaves no timer behind that would keep a process alive', async () => {
    vi.useFakeTimers();
    try {
      await gather('ada', [{ text: 'tea' }], [dead, wordSearch('one', library)]);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('renumbers needs when parts fall away', async () => {
    const given = [
      { text: 'Who wrote Dune?' },
      { text: 'who wrote dune' },
      { text: 'Where was #2 born?', needs: [1] },
      { text: 'What is near #3?', needs: [2, 2] },
    ];
    const { parts } = await gather('q', given, wordSearch('one', library));
    expect(parts).toEqual([
      { text: 'Who wrote Dune?' },
      { text: 'Where was #1 born?', needs: [0] },
      { text: 'What is near #2?', needs: [1] },
    ]);
  });

  it('takes the number out where it points to the question itself, which is always asked', async () => {
    const given = [{ text: 'q?' }, { text: 'Where was #1 born?', needs: [0] }];
    const { parts, asked } = await gather('q', given, wordSearch('one', library));
    expect(parts).toEqual([{ text: expect.stringMatching(/^Where was +born\?$/) }]);
    expect(asked).toEqual([parts[0]!.text]);
  });

  it('drops impossible needs, with a note, and refuses what is no part', async () => {
    const { parts, notes } = await gather(
      'q',
      [
        { text: 'a', needs: [0] },
        { text: 'b', needs: [7, -1] },
      ],
      wordSearch('one', {}),
    );
    expect(parts).toEqual([{ text: 'a' }, { text: 'b' }]);
    expect(notes).toMatchObject([{ code: 'malformed-answer', message: expect.stringMatching(/^2 sub-question/) }]);
    await expect(gather('q', [{ text: 7 } as never], wordSearch('one', {}))).rejects.toThrow(/Part 0/);
  });
});

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
