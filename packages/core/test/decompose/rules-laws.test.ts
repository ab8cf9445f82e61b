import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decomposeByRules, english } from '@secondpass/core';

const rules = decomposeByRules();

describe('whatever it is given', () => {
  const vocabulary = [
    'who Which what when is was did has the a of in by and or both than between that where older first more director',
    `father 's , : ? . " “ ( #1 Ada Paris 1990 directed located born die vs difference he it`,
  ].flatMap((words) => words.split(' '));
  const wild = fc.oneof(
    fc.array(fc.constantFrom(...vocabulary), { maxLength: 30 }).map((words) => words.join(' ')),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
    fc.string({ unit: 'binary', maxLength: 80 }),
  );

  it('gives parts with text, whose needs come before them and stand in their text', async () => {
    await fc.assert(
      fc.asyncProperty(wild, async (question) => {
        const { value } = await rules.decompose(question);
        expect(value.length).not.toBe(1);
        for (const [index, { text, needs = [] }] of value.entries()) {
          expect(text.trim()).not.toBe('');
          for (const need of needs) {
            expect(text).toContain(`#${need + 1}`);
            expect(need).toBeLessThan(index);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['letters', 'a'],
    ['spaces', ' '],
    ['quotes', '"'],
    ['opening quotes', '“'],
    ['commas', ','],
    ['genitives', "x's "],
    ['dotted words', 'a.'],
    ['hyphens', 'a-'],
    ['placeholders', '#1 '],
    ['alternatives', 'which is older, A or '],
    ['clauses', 'the actor who played '],
    ['digits', '#9'],
    ['full stops', 'abc. '],
    ['combining marks', '\u0301'],
    ['lone surrogates', '\ud800'],
  ])('100,000 characters of %s take no time, and a question of them little', async (_what, piece) => {
    const started = performance.now();
    const long = await rules.decompose(`${piece.repeat(100_000 / piece.length)}?`);
    expect(long.value).toEqual([]);
    await rules.decompose(`Which is ${piece.repeat(1950 / piece.length)} or X?`.slice(0, 2000));
    await rules.decompose(piece.repeat(2000 / piece.length));
    // Quadratic at worst within the 2,000 characters of a question; backtracking would take minutes.
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('says so when a text is too long for a question', async () => {
    const { notes } = await rules.decompose(`Who is older, ${'A'.repeat(2000)} or B?`);
    expect(notes).toMatchObject([{ code: 'not-decomposed', by: 'rules(en)' }]);
  });

  it('reads the text of mixed content, and heeds the signal', async () => {
    const { value } = await rules.decompose([{ type: 'text', text: 'Who is older, Ada Lovelace or Jed Hoyer?' }]);
    expect(value).toHaveLength(2);
    await expect(rules.decompose('q', { signal: AbortSignal.abort() })).rejects.toThrow();
  });

  it('holds no words of its own: another language is data', async () => {
    const turned = decomposeByRules({
      language: {
        ...english,
        tag: 'x-test',
        or: new Set(['oder']),
        questionWords: new Set(['wer']),
        auxiliaries: new Map([['ist', 'ist']]),
        comparisons: new Map([['älter', 'Wie alt ist {x}?']]),
      },
    });
    expect((await turned.decompose('Wer ist älter, Ada Lovelace oder Jed Hoyer?')).value).toEqual([
      { text: 'Wie alt ist Ada Lovelace?' },
      { text: 'Wie alt ist Jed Hoyer?' },
    ]);
    expect(() => decomposeByRules({ language: 'en' as never })).toThrow(/RuleLanguage/);
    expect(() => decomposeByRules({ lang: english } as never)).toThrow(/no option "lang"/);
  });
});
