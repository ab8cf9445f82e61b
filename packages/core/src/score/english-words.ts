import { wordsOf } from '../maths/words.ts';

/** Function words: they stand in every text and say nothing about which one answers. */
const functionWords = new Set(
  `a about am an and any are as at be been being but by can could did do does for from had has have he her him his how i
  if in into is it its just may me might more most my no nor not of on or our she should so some such than that the their
  them then there these they this those to too very was we were what when where which who whom whose why will with would
  you your`.split(/\s+/),
);

/**
 * The words of an English text as `lexical` compares them: those of `wordsOf` without function words, plurals folded into
 * the singular ("studies" to "study", "planets" to "planet"; Harman 1991, the S-stemmer). Text in other languages comes
 * through, merely a little coarser.
 */
export function englishWords(text: string): string[] {
  return wordsOf(text)
    .filter((word) => !functionWords.has(word))
    .map(singular);
}

function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s')) return word;
  if (word.endsWith('ies') && !/[ae]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (word.endsWith('es') && !/[aeo]es$/.test(word)) return word.slice(0, -1);
  return /(?:us|ss|es)$/.test(word) ? word : word.slice(0, -1);
}
