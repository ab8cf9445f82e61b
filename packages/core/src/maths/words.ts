import { normalForm } from './normal-form.ts';

/** Runs of letters (with their marks) and digits; what follows an apostrophe belongs to the word. */
const word = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’][\p{L}\p{M}]+)*/gu;
/** A stretch in scripts that are written without spaces between words, with its marks; or one in other scripts. */
const unspaced = String.raw`\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}`;
const stretch = new RegExp(`([${unspaced}][${unspaced}\\p{M}]*)|[^${unspaced}]+`, 'gu');

/**
 * The words of a text as lexical methods compare them: compatibility forms folded (NFKC), lower case, no stemming and no
 * stop words, so that it is the same for every language. Stretches in scripts without spaces become overlapping pairs of
 * characters, as search engines index them; what stands among them in other scripts (`iPhone手机`, `2024年`) stays a word.
 */
export function wordsOf(text: string): string[] {
  const found: string[] = [];
  for (const [run] of normalForm(text, 'NFKC').toLowerCase().matchAll(word)) {
    for (const [piece, paired] of run.matchAll(stretch)) {
      const characters = [...(paired ?? '')];
      if (characters.length < 2) found.push(piece);
      for (let i = 1; i < characters.length; i++) found.push(characters[i - 1]! + characters[i]!);
    }
  }
  return found;
}
