import { textOf } from '../../content.ts';
import type { Candidate } from '../../types.ts';
import { asksForDate, isDate } from './dates.ts';
import { namesIn } from './names-in.ts';
import { topicWords } from './words.ts';

/** A name that may answer a question, and the sentence (or title) that suggests it. */
export interface Guess {
  readonly text: string;
  readonly because: string;
}

/**
 * Names that may answer a question, likeliest first, from the passages found for it: the name a passage is titled with,
 * and the names in its sentences, by how many rare words of the question stand in the same sentence. Names that the
 * question itself holds are no answers, nor are dates where none is asked for.
 *
 * This is the bridge of a multi-hop question without a language model: it does not know which name is the answer, so it
 * gives several, and what is retrieved with each must show.
 *
 * @param asked the question that the passages were retrieved for
 * @param whole the question as the user asked it: its names are excluded too
 * @param rarity how much a shared word tells; see `rarityAmong`
 * @param worthOf judges sentences in place of the shared words; a title is then worth as much as its best sentence
 */
export function guessAnswers(
  asked: string,
  whole: string,
  passages: readonly Candidate[],
  rarity: (word: string) => number,
  limit: number,
  worthOf?: (sentence: string) => number,
): Guess[] {
  const askedWords = topicWords(asked);
  const known = topicWords(`${asked} ${whole}`);
  const dated = asksForDate(asked);
  const best = new Map<string, { readonly guess: Guess; readonly worth: number }>();
  const propose = (text: string, because: string, worth: number): void => {
    if ([...topicWords(text)].every((word) => known.has(word)) || (!dated && isDate(text))) return;
    const key = text.toLowerCase();
    if ((best.get(key)?.worth ?? Number.NaN) >= worth) return;
    best.set(key, { guess: { text, because }, worth });
  };
  const shared = (text: string): number =>
    [...topicWords(text)].reduce((sum, word) => sum + (askedWords.has(word) ? rarity(word) : 0), 0);
  for (const [rank, passage] of passages.entries()) {
    const { title, body } = titled(beginningOf(passage));
    const sentences = sentencesOf(body).map((text) => ({ text, worth: worthOf?.(text) ?? shared(text) / (1 + rank) }));
    if (title !== '') {
      const worth = worthOf
        ? sentences.reduce((most, sentence) => Math.max(most, sentence.worth), -Infinity)
        : titleWorth / (1 + rank);
      propose(title, title, worth);
    }
    for (const { text, worth } of sentences) for (const name of namesIn(text)) propose(name, text, worth);
  }
  return [...best.values()]
    .sort((a, b) => b.worth - a.worth)
    .slice(0, limit)
    .map(({ guess }) => guess);
}

/** A title is worth a sentence that shares about one word of middling rarity. */
const titleWorth = 1.5;

/** Characters of a passage that are read for names: some 800 words, so that a whole book costs no more than a chapter. */
const charactersRead = 5000;

/** What is read of a passage. */
export function beginningOf({ content }: Candidate): string {
  return textOf(content).slice(0, charactersRead);
}

/** A first line of at most 120 characters, with more below it, is a title. */
export function titled(text: string): { readonly title: string; readonly body: string } {
  const end = text.indexOf('\n');
  return end > 0 && end <= 120
    ? { title: text.slice(0, end).trim(), body: text.slice(end + 1) }
    : { title: '', body: text };
}

/** Cut after a full stop, question or exclamation mark that white space and a capital follow; without white space at the ends. */
export function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?])\s(?=\s{0,3}\p{Lu})/u).map((sentence) => sentence.trim());
}
