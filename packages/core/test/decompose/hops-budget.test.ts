import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchByHops, type Retriever } from '@secondpass/core';
import { doc, parts, wordSearch } from './fakes.ts';
import { family, question } from './hop-fixtures.ts';

describe('searchByHops, within its budget,', () => {
  it('never asks more than its budget, nor the same twice, whatever the parts', async () => {
    const part = fc.record({
      text: fc.constantFrom('Susan Walker', 'sister of #1', 'sister of #2', 'Natalie', 'a #3'),
      needs: fc.array(fc.nat(3), { maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 6 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(4),
        async (list, maxQueries, hops) => {
          const search = wordSearch('words', family);
          const { results } = await searchByHops(search, parts(...list), undefined, undefined, {
            maxQueries,
            hops,
          }).search(question);
          expect(search.asked.length).toBeLessThanOrEqual(maxQueries);
          expect(new Set(search.asked).size).toBe(search.asked.length);
          expect(new Set(results.map(({ candidate }) => candidate.id)).size).toBe(results.length);
        },
      ),
    );
  });

  it('shares its budget among the parts, and says which got nothing of it', async () => {
    const documents = { a: 'Ada made the book with Bob and Carl.', b: 'Ada was born in Rome. Ada did die in Pisa.' };
    const born = { text: 'Where was #1 born?', needs: [0] };
    const died = { text: 'When did #1 die?', needs: [0] };
    const asking = async (maxQueries: number) => {
      const search = wordSearch('words', documents);
      const options = { maxQueries, hops: 1 };
      const found = await searchByHops(search, parts('Who made the book?', born, died), undefined, undefined, options).search('book'); // prettier-ignore
      return { asked: search.asked.slice(2), notes: found.notes };
    };
    const enough = await asking(4);
    expect(enough.asked.map((text) => text.split(' ')[0])).toEqual(['Where', 'When']);
    expect(enough.notes).toEqual([]);
    const { asked, notes } = await asking(3);
    expect(asked.map((text) => text.split(' ')[0])).toEqual(['Where']);
    expect(notes).toMatchObject([{ code: 'part-dropped', message: expect.stringContaining('When did #1 die?') }]);
  });

  it('says which part the budget left nothing for, though what it needs was found', async () => {
    const documents = { a: 'Ada made the book.', b: 'Ada was born in Rome.', c: 'Near Rome is Ostia.' };
    const chain = parts(
      'Who made the book?',
      { text: 'Where was #1 born?', needs: [0] },
      { text: 'What is near #2?', needs: [1] },
    );
    const asking = async (maxQueries: number) =>
      (await searchByHops(wordSearch('words', documents), chain, undefined, undefined, { maxQueries }).search('book')).notes; // prettier-ignore
    expect(await asking(4)).toMatchObject([
      { code: 'part-dropped', message: 'The search ended before 1 part(s) could be asked: "What is near #2?".' },
    ]);
    expect(await asking(24)).toEqual([]);
  });

  it('goes three hops, with four names of two passages, ten candidates for each, 24 questions at most, unless told otherwise', async () => {
    const limits: unknown[] = [];
    const passages = ['Ada, Bea, Cal met. Then Dan, Eve, Fay did.', 'Gil was late.', 'Hal was not there, nor was Ida.'];
    const listening: Retriever = {
      name: 'listening',
      retrieve: async (query, options) => {
        limits.push(options!.limit);
        return passages.map((text, at) => doc(`${at} ${query as string}`, text));
      },
    };
    const { hops } = await searchByHops(listening, parts()).search('who met?');
    expect(hops!.map(({ query }) => query).slice(1)).toEqual(
      ['Ada', 'Bea', 'Cal', 'Dan'].map((name) => `who met? ${name}`),
    );
    expect(limits).toEqual([50, 10, 10, 10, 10]);
    const one = await searchByHops(listening, parts(), undefined, undefined, { guesses: 9 }).search('who met?');
    expect(one.hops!.map(({ query }) => query.split(' ')[2]).slice(1)).toEqual([
      'Ada',
      'Bea',
      'Cal',
      'Dan',
      'Eve',
      'Fay',
      'Gil',
    ]);

    const chain = ['one', 'two', 'three', 'four', 'five'].map((text, at) =>
      at === 0 ? { text } : { text: `${text} #${at}`, needs: [at - 1] },
    );
    const answerer = { name: 'reader', answer: async (asked: string) => ({ value: `after ${asked}` }) };
    const { notes } = await searchByHops(listening, parts(...chain), undefined, undefined, { answerer }).search('q');
    expect(notes).toMatchObject([{ code: 'part-dropped', message: expect.stringMatching(/1 part.*"five #4"/) }]);

    const many = wordSearch('words', {});
    await searchByHops(many, parts(...Array.from({ length: 30 }, (_, at) => `part ${at}`))).search('q');
    expect(many.asked).toHaveLength(24);
  });
});
