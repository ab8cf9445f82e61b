/** Runs of letters (with their marks) and digits; what follows an apostrophe belongs to the word. */
const word = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’][\p{L}\p{M}]+)*/gu;
/** Scripts that are written without spaces between words. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/**
 * The words of a text as lexical methods compare them: compatibility forms folded (NFKC), lower case, no stemming and no
 * stop words, so that it is the same for every language. Runs in scripts without spaces become overlapping pairs of
 * characters, as search engines index them.
 */
export function wordsOf(text: string): string[] {
  const found: string[] = [];
  for (const [run] of text.normalize('NFKC').toLowerCase().matchAll(word)) {
    if (!unspaced.test(run)) {
      found.push(run);
      continue;
    }
    const characters = [...run];
    if (characters.length === 1) found.push(run);
    for (let i = 1; i < characters.length; i++) found.push(characters[i - 1]! + characters[i]!);
  }
  return found;
}
