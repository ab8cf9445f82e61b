// English words that stand in nearly every passage; as terms they cost time and say nothing.
const stopWords = new Set(
  (
    'a an and are as at be been but by can could did do does for from had has have how i if in into is it its itself me my ' +
    'no not of on or our so such than that the their them then there these they this those to was we were what when where ' +
    'which while who whom why will with would you your'
  ).split(' '),
);

/**
 * A word as it is indexed and searched: lower case, plurals cut, stop words dropped (`null`). The plural rules are
 * Harman's S stemmer (How effective is suffixing?, JASIS 42:1, 1991, table 1): mild, so that names in code survive.
 */
export function indexTerm(term: string): string | null {
  const word = term.toLowerCase();
  if (stopWords.has(word)) return null;
  if (word.length <= 3) return word;
  if (/(?<![ea])ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?<![aeo])es$/.test(word)) return word.slice(0, -1);
  if (/(?<![us])s$/.test(word)) return word.slice(0, -1);
  return word;
}
