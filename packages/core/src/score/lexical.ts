import { checkNumber, checkOptionNames } from '../check.ts';
import { textOf } from '../content.ts';
import type { Note, Scorer } from '../types.ts';
import { englishWords } from './english-words.ts';

export interface LexicalOptions {
  /** How soon a repeated word stops counting, at least 0. Default 1.2. */
  readonly k1?: number | undefined;
  /** How much long texts are held back, from 0 (not) to 1 (in proportion). Default 0.75. */
  readonly b?: number | undefined;
  /** Splits a text into the words that are compared. Default `englishWords`; `wordsOf` for other languages. */
  readonly words?: ((text: string) => readonly string[]) | undefined;
}

/**
 * BM25 over the candidates themselves: what a word is worth, and how long texts are, is learned from the list (Robertson
 * and Zaragoza 2009, section 3). For retrievers that give no score, as a part of a `blend`. Costs no model. A word is
 * worth 1 + ln(1 + (N - n + 0.5) / (n + 0.5)): the list was found by the words of the query, so the best of them stand in
 * nearly every text, and the plain idf would make just these worthless. Not pointwise: the list is its statistics. A text
 * without a word of the query gets 0, which is a score; what has no text at all (images), and everything when the query
 * has no word, gets none, with a note.
 */
export function lexical(options?: LexicalOptions): Scorer {
  checkOptionNames(options, ['k1', 'b', 'words'], 'lexical()');
  checkNumber('k1', options?.k1, 0);
  checkNumber('b', options?.b, 0, 1);
  const { k1 = 1.2, b = 0.75, words = englishWords } = options ?? {};
  const name = 'lexical';
  return {
    name,
    kind: 'retrieval',
    pointwise: false,
    async score(query, candidates, options) {
      options?.signal?.throwIfAborted();
      const started = performance.now();
      const asked = new Map<string, number>();
      for (const word of words(textOf(query))) asked.set(word, (asked.get(word) ?? 0) + 1);
      const texts = candidates.map(({ content }) => countsOf(content, asked, words));
      const read = texts.filter((text) => text !== undefined);
      const meanLength = read.reduce((sum, { length }) => sum + length, 0) / Math.max(1, read.length);

      const worth = new Map<string, number>();
      for (const [word, times] of asked) {
        const n = read.filter(({ counts }) => counts.has(word)).length;
        worth.set(word, times * (1 + Math.log(1 + (read.length - n + 0.5) / (n + 0.5))));
      }
      const scores = texts.map((text) => {
        if (!text || asked.size === 0) return undefined;
        const restraint = k1 * (1 - b + (b * text.length) / Math.max(1, meanLength));
        let score = 0;
        // In the order of the query: texts of the same words get the same sum.
        for (const [word, value] of worth) {
          const count = text.counts.get(word);
          if (count !== undefined) score += (value * count) / (count + restraint);
        }
        return score;
      });
      const ids = candidates.filter((_, index) => scores[index] === undefined).map(({ id }) => id);
      const notes: Note[] = [];
      if (asked.size === 0)
        notes.push({ code: 'unscored', by: name, message: 'The query has no word to look for.', ids });
      else if (ids.length > 0) {
        const message = `${ids.length} candidate(s) have no text.`;
        notes.push({ code: 'unsupported-content', by: name, message, ids });
      }
      return { value: { scores }, notes, run: { by: name, durationMs: performance.now() - started } };
    },
  };
}

/** How often each asked word stands in a content, and how many words it has; undefined if it holds no text part. */
function countsOf(
  content: Parameters<typeof textOf>[0],
  asked: ReadonlyMap<string, number>,
  words: (text: string) => readonly string[],
): { readonly counts: ReadonlyMap<string, number>; readonly length: number } | undefined {
  if (typeof content !== 'string' && !content.some((part) => part.type === 'text')) return undefined;
  const counts = new Map<string, number>();
  const all = words(textOf(content));
  for (const word of all) if (asked.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { counts, length: all.length };
}
