import { describe, expect, it } from 'vitest';
import { gather, type Answerer, type CallOptions } from '@secondpass/core';
import { wordSearch } from './fakes.ts';

const library = {
  ada: 'Ada Lovelace was born in 1815',
  babbage: 'Charles Babbage was born in 1791',
  tea: 'Tea is hot',
};

describe('placeholders', () => {
  const chain = [{ text: 'Who wrote Dune?' }, { text: "Where was #1's father born, and is it a #1 hit?", needs: [0] }];
  const herbert: Answerer = { name: 'herbert', answer: async () => ({ value: ' Frank Herbert ' }) };

  it('are left out without an answer', async () => {
    const search = wordSearch('one', library);
    const { asked } = await gather('q', [chain[0]!, { text: 'Where was #1 born?', needs: [0] }], search);
    expect(search.asked).toEqual(['q', 'Who wrote Dune?', 'Where was born?']);
    expect(asked).toEqual(['Who wrote Dune?', 'Where was born?']);
  });

  it('are not asked where nothing else is', async () => {
    const search = wordSearch('one', library);
    const { asked } = await gather('q', [chain[0]!, { text: '#1?', needs: [0] }], search);
    expect([search.asked, asked]).toEqual([
      ['q', 'Who wrote Dune?'],
      ['Who wrote Dune?', undefined],
    ]);
  });

  it('leave no gap before a mark; a text without one is asked as it is written', async () => {
    const search = wordSearch('one', library);
    const given = [chain[0]!, { text: 'Is #1, or was #1 , #1?', needs: [0] }, { text: 'What is  a , b ?' }];
    await gather('q', given, search);
    expect(search.asked.slice(2).toSorted()).toEqual(['Is, or was,?', 'What is  a , b ?']);
  });

  it('are filled with the answer, which waits for the evidence', async () => {
    const search = wordSearch('one', { dune: 'Frank Herbert wrote Dune' });
    const seen: unknown[] = [];
    const answerer: Answerer = {
      name: 'reader',
      answer: async (question, candidates) => {
        seen.push(
          question,
          candidates.map(({ id }) => id),
        );
        return {
          value: 'Frank Herbert',
          notes: [{ code: 'read', by: 'reader', message: '' }],
          run: { by: 'reader', durationMs: 1 },
        };
      },
    };
    const { notes, runs } = await gather('q', chain, search, { answerer });
    expect(seen).toEqual(['Who wrote Dune?', ['dune']]);
    expect(search.asked.at(-1)).toBe("Where was Frank Herbert's father born, and is it a Frank Herbert hit?");
    expect(notes.map(({ code }) => code)).toEqual(['read']);
    expect(runs.map(({ by }) => by)).toContain('reader');
  });

  it('may leave what was asked already: that is not asked again, and has what was found', async () => {
    const search = wordSearch('one', library);
    const given = [{ text: 'ada' }, { text: 'tea #1', needs: [0] }, { text: 'Tea?' }];
    const { asked, pools } = await gather('q', given, search);
    expect(search.asked).toEqual(['q', 'ada', 'tea']);
    expect(asked).toEqual(['ada', 'tea', 'tea']);
    expect(pools).toHaveLength(3);
  });

  it('leave a number alone beside one that is filled', async () => {
    const search = wordSearch('one', library);
    await gather('q', [{ text: 'ada' }, { text: 'tea #1 and #7', needs: [0] }], search);
    expect(search.asked.at(-1)).toBe('tea and #7');
  });

  it('leave a number alone that is no part needed', async () => {
    const search = wordSearch('one', library);
    await gather('q', [{ text: 'ada' }, { text: 'a #1 hit' }], search, { answerer: herbert });
    expect(search.asked).toContain('a #1 hit');
  });

  it('are left out, with a note, when the answerer fails or knows nothing', async () => {
    for (const answer of [
      async () => ({ value: undefined }),
      async () => {
        throw new Error('no tokens left');
      },
    ]) {
      const search = wordSearch('one', { dune: 'Dune' });
      const { notes } = await gather('q', [chain[0]!, { text: 'Where was #1 born?', needs: [0] }], search, {
        answerer: { name: 'mute', answer },
      });
      expect(search.asked.at(-1)).toBe('Where was born?');
      expect(notes).toMatchObject([{ code: 'unanswered', by: 'mute' }]);
    }
  });

  it('are noted where nothing else is asked: without an answer there is no question', async () => {
    const search = wordSearch('one', { dune: 'Dune' });
    const { notes, asked } = await gather('q', [chain[0]!, { text: '#1?', needs: [0] }], search);
    expect(asked[1]).toBe(undefined);
    expect(search.asked).toHaveLength(2);
    expect(notes).toMatchObject([{ code: 'part-dropped', message: expect.stringContaining('"#1?"') }]);
  });

  it('drop the waiting part, with a note, when the deadline passes first', async () => {
    const slow: Answerer = {
      name: 'slow',
      answer: (_question, _candidates, options?: CallOptions) =>
        new Promise((_, reject) => options!.signal!.addEventListener('abort', () => reject(options!.signal!.reason))),
    };
    const search = wordSearch('one', { dune: 'Dune' });
    const { notes, pools } = await gather('q Dune', chain, search, { answerer: slow, deadline: Date.now() + 60 });
    expect(notes.map(({ code }) => code)).toEqual(['unanswered', 'part-dropped']);
    expect(pools.map(({ name }) => name)).toEqual(['one', 'one #1']);
  });
});
