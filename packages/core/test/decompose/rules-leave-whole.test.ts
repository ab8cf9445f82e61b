import { describe, expect, it } from 'vitest';
import { decomposeByRules } from '@secondpass/core';

const rules = decomposeByRules();
const split = async (question: string): Promise<string[]> =>
  (await rules.decompose(question)).value.map(({ text, needs }) => (needs ? `${text} [${needs.join()}]` : text));

describe('decomposeByRules leaves whole', () => {
  it.each([
    'Who wrote Dune?',
    'What is the capital of France?',
    'Who is the author of The Lord of the Rings?',
    "Who is Anna Benson's husband?",
    'When was the Salvation Army founded?',
    'How do I install Node and npm?',
    'What are the benefits of tea and coffee?',
    'has anyone developed an analysis which establishes the large deflection behaviour of conical shells',
    'Who directed Pride and Prejudice?',
    'What is the name of the film?',
    'Should I use tabs or spaces?',
    'Is it more than 5 miles?',
    'Which Lewis and Clark expedition was first?',
    'how to find the midsegment of a trapezoid',
    'what types of food can you cook sous vide',
    'Combination nicotine replacement therapies with varenicline or bupropion lead to higher abstinence rates than varenicline.',
    'ALDH1 expression is associated with better breast cancer outcomes.',
    'WHO IS OLDER, JED HOYER OR JOHN HENRY?',
    '',
    '?',
    '???',
    '#1',
    'or',
    'which or',
    'Who sang the #1 hit of the year that Ada Lovelace was born in?',
    'The Brothers are a duo. Kim is one member and he is from what country?',
    'Who is older,, or ?',
    'Who are Simon and Garfunkel?',
    'Daddy was a dog who was integral to the work of a man.',
    // each stays whole for one reason alone
    'Why is Alice Springs taller than Bob Hope?',
    'Is taller than Bob?',
    'Is Alice taller than?',
    'Is it taller than Mount Everest?',
    'Is Alice Walker older than 30?',
    'What is the difference between cats and',
    'What is the difference between apples',
    'What is the difference between cats and them',
    'What is the difference between the and cats',
    'What is the difference between cats and the',
    'Are Alice, Bob and Carol from Norway?',
    'Are Alice Munro and Bob Dylan, and Carol King, from Norway?',
    'Are Alice Munro and Bob Dylan and Carol King from Norway?',
    'What do wars between France and Germany have in common?',
    'What do France and have in common?',
    'Who is taller, Alice or Alice?',
    'Which is oldest: Rome, Athens, Cairo, Paris, London, Berlin, Oslo or Delhi?',
    'Which band was Alice Cooper or Bob Dylan in at school?',
    'Which or Bob Dylan?',
    'What is Alice Cooper or?',
    'He worked for a man who died in what year?',
    'Daddy Cool worked for the man who died in what year?',
    'Daddy Cool worked for man who died in what year?',
    'Did Daddy Cool work for a man who died in what year?',
    // what the pronoun stands for cannot be told
    'Who directed it and when was it released?',
    'how do I bake bread in an oven and how do I store it?',
    'When did Ada Lovelace meet Charles Babbage and where did they work?',
  ])('%s', async (question) => {
    expect(await split(question)).toEqual([]);
  });
});
