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

  const newcomers = fc
    .record({
      first: fc.constantFrom(
        'Who wrote the {x}',
        'When was the {x} written',
        'Where is the {x} kept',
        'Who is responsible for the {x}',
        'How do I change the {x}',
        'Which {x} are thrown',
        'Which {x} become notes',
        'How many {x} were thrown',
        'what did we decide about {x}',
      ),
      thing: fc.constantFrom('report', 'errors', 'billing service', 'status page', 'limits', 'data', 'analysis'),
      joint: fc.constantFrom(', and ', ' and ', '; ', '? ', '? And ', ', while '),
      second: fc.constantFrom(
        'when was it changed',
        'who reads its pages',
        'which become notes',
        'which of them are fatal',
        'how many became notes',
        'who objected',
        'what happens to the queue',
        'how do I raise them',
      ),
    })
    .map(({ first, thing, joint, second }) => `${first.replace('{x}', thing)}${joint}${second}?`);
  const said = (text: string): string[] => text.toLowerCase().match(/\p{L}+/gu) ?? [];

  it('loses no word but the one that joins and the pronoun that stands for another', async () => {
    const replaced = new Set(['and', 'while', 'it', 'its', 'them', 'of']);
    await fc.assert(
      fc.asyncProperty(newcomers, async (question) => {
        const { value } = await rules.decompose(question);
        const parts = value.length > 0 ? value.map(({ text }) => text) : [question];
        const kept = new Set(parts.flatMap(said));
        const lost = said(question).filter((word) => !kept.has(word) && !replaced.has(word));
        // The genitive ending of "the report's" is all that is added.
        const added = [...kept].filter((word) => word !== 's' && !said(question).includes(word));
        expect({ lost, added }).toEqual({ lost: [], added: [] });
      }),
    );
  });

  it('a part is one question: never all of it, and never split again', async () => {
    await fc.assert(
      fc.asyncProperty(newcomers, async (question) => {
        for (const { text } of (await rules.decompose(question)).value) {
          expect(text.toLowerCase()).not.toBe(question.toLowerCase());
          expect(text).not.toMatch(/\b(it|its|them)\b/);
          expect((await rules.decompose(text)).value).toEqual([]);
        }
      }),
    );
  });

  it.each([[', and '], [' and '], ['; '], ['? ']])(
    'however two questions are joined (%s), the parts are the same',
    async (joint) => {
      for (const second of ['when was it changed?', 'what happens to the queue?']) {
        const { value } = await rules.decompose(`Who wrote the report${joint}${second}`);
        const expected = await rules.decompose(`Who wrote the report, and ${second}`);
        expect(value.length).toBe(2);
        expect(value).toEqual(expected.value);
      }
    },
  );

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
