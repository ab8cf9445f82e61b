import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decomposeByRules, gather, rerankByParts, searchByHops } from '@secondpass/core';
import { distinctParts, folded } from '../../src/decompose/distinct-parts.ts';
import { doc, parts, wordSearch } from './fakes.ts';
import { table } from './table.ts';

describe('which parts ask the same', () => {
  const different: readonly (readonly [string, string])[] = [
    ['What is C?', 'What is C++?'],
    ['What is C?', 'What is C#?'],
    ['How warm is +5?', 'How warm is -5?'],
    ['How warm is 5?', 'How warm is −5?'],
    ['Who has blood type B+?', 'Who has blood type B-?'],
    ['What is Na⁺?', 'What is Na?'],
    ['What costs £5?', 'What costs €5?'],
    ['What is 6 + 2?', 'What is 6 − 2?'],
    ['What does 🙂 mean?', 'What does 🙃 mean?'],
  ];
  it.each(different)('not "%s" and "%s"', async (one, other) => {
    expect(folded(one)).not.toBe(folded(other));
    const search = wordSearch('words', {});
    await gather('Which of them?', [{ text: one }, { text: other }], search);
    expect(search.asked).toEqual(['Which of them?', one, other]);
    const hopping = wordSearch('words', { a: one });
    await searchByHops(hopping, parts(one, other), undefined, undefined, { hops: 0 }).search('Which of them?');
    expect(hopping.asked).toEqual(['Which of them?', one, other]);
    const asked: string[] = [];
    await rerankByParts(table({}, asked))([{ text: one }, { text: other }]).rerank('Which of them?', [doc('a')]);
    expect(asked).toEqual(['Which of them?', one, other]);
  });

  it.each([
    ['Who wrote Dune?', ' who  wrote "Dune" '],
    ['What is COVID-19?', 'what is covid 19'],
    ['Who won in 1990-1995?', 'Who won in 1990–1995?'],
    ['Who is the vice-president?', 'Who is the vice president?'],
    ['Who is Ada - the countess?', 'Who is Ada, the countess?'],
    ['Who is Ada--the countess?', 'Who is Ada, the countess?'],
    ['How warm is −5?', 'How warm is -5?'],
    ['- Who wrote it?', 'Who wrote it?'],
  ])('"%s" and "%s"', (one, other) => {
    expect(folded(one)).toBe(folded(other));
  });

  it('law: what only case, white space and the marks at the end tell apart', () => {
    const word = fc.constantFrom('C++', 'C', '-5', '+5', '5', 'B-', 'B', '#1', '€');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.array(word, { minLength: 1 }), (one, other) => {
        expect(folded(one.join(' ')) === folded(other.join(' '))).toBe(one.join(' ') === other.join(' '));
        expect(folded(`${one.join(' \t').toUpperCase()}  ?!`)).toBe(folded(one.join(' ')));
      }),
    );
  });

  it('are told in no time, whatever the text', () => {
    const started = performance.now();
    for (const piece of ['+', '-', '−', ' ', 'a-', '-1', '+ ', '?-']) folded(`x${piece.repeat(100_000)}x`);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('asks for both sides of a comparison that differ in a sign alone', async () => {
    const question = 'What is the difference between C and C++?';
    const { value } = await decomposeByRules().decompose(question);
    const search = wordSearch('words', {});
    const { parts: kept } = await gather(question, value, search);
    expect(kept.map(({ text }) => text)).toEqual(['What is C?', 'What is C++?']);
    expect(search.asked).toHaveLength(3);
  });
});

describe('numbers in the texts of parts', () => {
  it('stay where they point to no part', async () => {
    const search = wordSearch('words', {});
    const hit = 'Which song was the #1 hit of 1990?';
    const { parts: kept } = await gather(
      'Q',
      [{ text: 'Q' }, { text: hit }, { text: `${hit} #2`, needs: [1] }],
      search,
    );
    expect(kept).toEqual([{ text: hit }, { text: `${hit} #1`, needs: [0] }]);
    expect(search.asked[1]).toBe(hit);
  });

  it('law: a part that needs nothing keeps its text', () => {
    const text = fc.constantFrom('a', 'the #1 hit', 'the #2 hit of #3', '#4', 'b');
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
        const given = texts.map((one) => ({ text: one }));
        expect(distinctParts('a', given, 10, 'test').parts.map((part) => part.text)).toEqual([
          ...new Set(texts.filter((one) => one !== 'a')),
        ]);
      }),
    );
  });
});
