import MiniSearch from 'minisearch';

/** A word and where it begins, in UTF-16 units. */
export interface FoundWord {
  readonly word: string;
  readonly at: number;
}

// Scripts that set no space between words. The platform's dictionaries (ICU) cut them, at most 200 characters at a
// time, since the segmenter's time grows with the square of the length.
const spaceless = String.raw`[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]`;
const holdsSpaceless = new RegExp(spaceless, 'u');
const runs = new RegExp(String.raw`${spaceless}{1,200}|(?:(?!${spaceless}).)+`, 'gsu');
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

const letters = /[\p{L}\p{N}\p{M}_]+/gu;
const splitAtSpaces = MiniSearch.getDefault('tokenize') as (text: string) => string[];

/** The words of a text in order, for what is shown. */
export function* wordsIn(text: string): Generator<FoundWord> {
  for (const { 0: token, index } of text.matchAll(letters)) yield* cut(token, index);
}

/** The words of a text as the index takes them: parted at spaces and punctuation, and where a script sets no spaces. */
export function indexWords(text: string): string[] {
  return splitAtSpaces(text).flatMap((token) => {
    if (holdsSpaceless.test(token)) return Array.from(cut(token, 0), ({ word }) => word);
    return token === '' ? [] : [token];
  });
}

function* cut(token: string, start: number): Generator<FoundWord> {
  for (const { 0: run, index: at } of token.matchAll(runs)) {
    if (!holdsSpaceless.test(run)) {
      yield { word: run, at: start + at };
      continue;
    }
    for (const { segment, index, isWordLike } of segmenter.segment(run))
      if (isWordLike) yield { word: segment, at: start + at + index };
  }
}
