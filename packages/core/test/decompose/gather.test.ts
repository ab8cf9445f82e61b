import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { gather, type Retriever } from '@secondpass/core';
import { dead, doc, wordSearch } from './fakes.ts';

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
