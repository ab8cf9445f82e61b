import { describe, expect, it } from 'vitest';
import { guessAnswers } from '../../src/decompose/hops/guess-answers.ts';
import { namesIn } from '../../src/decompose/hops/names-in.ts';
import { withGuesses } from '../../src/decompose/hops/with-guesses.ts';
import { rarityAmong, topicWords } from '../../src/decompose/hops/words.ts';
import { doc } from './fakes.ts';
import { family } from './hop-fixtures.ts';

describe('guesses at answers', () => {
  it('are names in the sentences that share rare words with the question, and titles', () => {
    const rarity = rarityAmong(Object.values(family));
    const passages = [doc('film', family.film), doc('street', family.street)];
    const guesses = guessAnswers(
      'Which actress played Susan Walker?',
      'Who is the sister of that actress?',
      passages,
      rarity,
      3,
    );
    expect(guesses.map(({ text }) => text)).toEqual(['Natalie Wood', 'Miracle on 34th Street', 'Susan Street']);
    expect(guesses[0]!.because).toBe('Natalie Wood played Susan Walker.');
  });

  it('say why in a sentence without the white space around it', () => {
    const guesses = guessAnswers('who?', 'who?', [doc('a', 'Title\n\nAda wrote it.\n\nGrace read it.\n')], () => 1, 5);
    expect(guesses.map(({ because }) => because)).toEqual(['Title', 'Ada wrote it.', 'Grace read it.']);
  });

  it('are never names that the question holds', () => {
    const rarity = rarityAmong([]);
    expect(guessAnswers('Natalie Wood', 'Lana', [doc('x', 'Natalie met Lana Wood.')], rarity, 5)).toEqual([]);
  });

  it.each([
    ['Natalie Wood met Lana.', ['Natalie Wood', 'Lana']],
    ["The Lord of the Rings, by Tolkien's son", ['Lord of the Rings', 'Tolkien']],
    ['In 1990 She went to Stanley, North Dakota.', ['Stanley', 'North Dakota']],
    ['Al met Bo Li.', ['Bo Li']],
    ['nothing here', []],
  ])('read names from "%s"', (text, names) => {
    expect(namesIn(text)).toEqual(names);
  });

  it('read a long run of words that open sentences in linear time, and no more than the beginning of a passage', () => {
    expect(namesIn(`${'The '.repeat(200_000)}Ada`)).toEqual(['Ada']);
    expect(namesIn('The '.repeat(200_000))).toEqual([]);
    const long = doc('long', `Ada\n${'A. '.repeat(200_000)}`);
    expect(
      guessAnswers(
        'who?',
        'who?',
        [long],
        () => 1,
        5,
        () => 1,
      ).map(({ text }) => text),
    ).toEqual(['Ada']);
    const late = doc('late', `${'it is so. '.repeat(1000)}Grace wrote it.`);
    expect(guessAnswers('who?', 'who?', [late], () => 1, 5)).toEqual([]);
  });

  it('are dates only where a date is asked for', () => {
    const passage = [
      doc('a', 'The Manchester\nIn March 1974 the band The Manchester was signed by Clark Gable, on 4 May.'),
    ];
    const guessed = (asked: string): string[] =>
      guessAnswers(asked, asked, passage, () => 1, 9).map(({ text }) => text);
    expect(guessed('Who signed the band?')).toEqual(expect.arrayContaining(['Clark Gable', 'Manchester']));
    expect(guessed('Who signed the band?')).not.toContain('March 1974');
    expect(guessed('Who signed the band?')).not.toContain('May');
    expect(guessed('In which year was the band signed?')).toContain('March 1974');
    expect(guessed('When was it signed?')).toContain('May');
  });

  it('go by the words that say what a text is about, one of a word and its plural', () => {
    expect([...topicWords('Who were the authors of a class book, the author of it?')]).toEqual([
      'author',
      'class',
      'book',
    ]);
  });

  it('are tried together where a part needs several, the last of the fewer with all of the others', () => {
    const guesses = (...names: string[]) => names.map((text) => ({ text, because: `${text}?` }));
    expect(withGuesses('Did #1 meet #2?', [0, 1], [guesses('Ada'), guesses('Bea', 'Cal')])).toEqual([
      { text: 'Did Ada meet Bea?', because: 'Ada? Bea?' },
      { text: 'Did Ada meet Cal?', because: 'Ada? Cal?' },
    ]);
    expect(withGuesses('Did #1 meet #2?', [0, 1], [[], guesses('Bea')]).map(({ text }) => text)).toEqual([
      'Did meet Bea?',
    ]);
  });

  it('end where a letter or a digit does', () => {
    expect(namesIn("Smith--- met Jones.,'’&- in U.S.A.")).toEqual(['Smith', 'Jones', 'U.S.A']);
  });

  it('take no time over 100,000 characters', () => {
    const started = performance.now();
    for (const inside of ['-', '.', "'", '&', '.-']) {
      expect(namesIn(`Smith${inside.repeat(100_000)}x`)).toHaveLength(1);
    }
    for (const piece of ['A', 'A ', 'A of ', 'Aa of the ', ' ', '. A', "A'", 'A.']) {
      const text = piece.repeat(100_000 / piece.length);
      namesIn(text);
      guessAnswers('q', 'q', [doc('x', text)], rarityAmong([]), 3);
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
