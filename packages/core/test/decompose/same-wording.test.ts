// Two parts that come to ask the same once answers are filled in: one query, and evidence and an answer for both.
import { describe, expect, it } from 'vitest';
import { gather, searchByHops, type Answerer } from '@secondpass/core';
import { parts, wordSearch } from './fakes.ts';

const library = {
  engine: 'The engine was made by Ada.',
  notes: 'The notes were written by Ada.',
  birth: 'Ada was born in London.',
  river: 'The Thames flows through London.',
};
const told: readonly (readonly [RegExp, string])[] = [
  [/made|wrote/, 'Ada'],
  [/born/, 'London'],
  [/river/, 'Thames'],
];

function knowing(): Answerer & { readonly asked: string[] } {
  const asked: string[] = [];
  const answer = async (text: string) => {
    asked.push(text);
    return { value: told.find(([about]) => about.test(text))?.[1] };
  };
  return { name: 'knowing', asked, answer };
}

const chain = [
  { text: 'Who made the engine?' },
  { text: 'Who wrote the notes?' },
  { text: 'Where was #1 born?', needs: [0] },
  { text: 'Where was #2 born?', needs: [1] },
  { text: 'What river flows through #3?', needs: [2] },
  { text: 'Is #4 a river?', needs: [3] },
];

describe('parts that come to ask the same', () => {
  it('are one query of gather, answered once, and whoever needs either goes on', async () => {
    const search = wordSearch('words', library);
    const answerer = knowing();
    const { asked, answers, pools, notes } = await gather('q', chain, search, { answerer, maxQueries: 9 });
    expect(search.asked.filter((text) => text.includes('born'))).toEqual(['Where was Ada born?']);
    expect(answerer.asked.filter((text) => text.includes('born'))).toEqual(['Where was Ada born?']);
    expect(asked.slice(2)).toEqual([
      'Where was Ada born?',
      'Where was Ada born?',
      'What river flows through London?',
      'Is London a river?',
    ]);
    expect(answers.slice(2, 4)).toEqual(['London', 'London']);
    expect(pools).toHaveLength(6);
    expect(notes).toEqual([]);
  });

  it('are one hop, whose evidence and answer both have', async () => {
    const search = wordSearch('words', library);
    const answerer = knowing();
    const given = parts(...chain);
    const { answers, notes } = await searchByHops(search, given, undefined, undefined, { answerer }).search('q');
    expect(search.asked.filter((text) => text.includes('born'))).toEqual(['Where was Ada born?']);
    expect(answerer.asked.filter((text) => text.includes('born'))).toEqual(['Where was Ada born?']);
    expect(search.asked).toContain('What river flows through London?');
    expect(search.asked).toContain('Is London a river?');
    expect(answers!.slice(2, 4)).toEqual(['London', 'London']);
    expect(notes).toEqual([]);
  });
});
