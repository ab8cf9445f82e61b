import { checkedScores } from '../../checked-scores.ts';
import { rankByScore } from '../../rerank/order.ts';
import { valueAs } from '../../rerank/score-kind.ts';
import type { CallOptions, Candidate, Note, Run, Scorer } from '../../types.ts';
import { bounded } from '../bounded.ts';
import { messageOf } from '../failure-notes.ts';
import { beginningOf, guessAnswers, sentencesOf, titled, type Guess } from './guess-answers.ts';

/** Reads what was found for a question. */
export interface Reader<C extends Candidate> {
  /** Names that may answer `asked`, likeliest first. */
  guess(asked: string, found: readonly C[]): Promise<readonly Guess[]>;
  /** The probability that the best of what was found answers `asked`; `undefined`: nobody can say. */
  evidence(asked: string, found: readonly C[]): Promise<number | undefined>;
}

export interface ReaderOptions<C extends Candidate> {
  /** The question as the user asked it. */
  readonly whole: string;
  readonly rarity: (word: string) => number;
  /** Says which candidates are one: a text is scored once per question. */
  readonly identity: (candidate: C) => string;
  readonly passages: number;
  readonly guesses: number;
  /** Without one, passages are read in the order in which they were found, and their sentences judged by shared words. */
  readonly scorer?: Scorer | undefined;
}

/** How many passages a scorer looks through for those that are read. */
export const looksThrough = 10;

/**
 * With a scorer, the passages that it scores highest are read, and names are taken from the sentences that it scores
 * highest. A scorer that fails is done without, with a `fell-back` note.
 * @param report where notes and runs go
 */
export function readerOf<C extends Candidate>(
  { whole, rarity, identity, passages, guesses, scorer }: ReaderOptions<C>,
  call: CallOptions,
  report: { readonly notes: Note[]; readonly runs: Run[] },
): Reader<C> {
  let broken = false;
  const known = new Map<string, Map<string, number | undefined>>();
  /** One score per text; `undefined` as a whole where the scorer failed. */
  const score = async <T extends Candidate>(
    asked: string,
    list: readonly T[],
    keyOf: (text: T) => string,
  ): Promise<readonly (number | undefined)[] | undefined> => {
    if (!scorer || broken) return undefined;
    const scores = known.get(asked) ?? new Map<string, number | undefined>();
    known.set(asked, scores);
    const open = list.filter((text) => !scores.has(keyOf(text)));
    if (open.length === 0) return list.map((text) => scores.get(keyOf(text)));
    try {
      const started = performance.now();
      const { value, notes, run } = await bounded(scorer.name, (inner) => scorer.score(asked, open, inner), call);
      const fresh = checkedScores(value.scores, open.length, scorer.name);
      report.notes.push(...(notes ?? []));
      report.runs.push(run ?? { by: scorer.name, durationMs: performance.now() - started });
      for (const [at, text] of open.entries()) scores.set(keyOf(text), fresh[at]);
    } catch (cause) {
      call.signal?.throwIfAborted();
      broken = true;
      const message = `Reading for names failed (${messageOf(cause)}); the search goes on by shared words.`;
      report.notes.push({ code: 'fell-back', by: scorer.name, message, cause });
      return undefined;
    }
    return list.map((text) => scores.get(keyOf(text)));
  };

  return {
    async evidence(asked, found) {
      const scores = await score(asked, found.slice(0, looksThrough), identity);
      const best = scores?.reduce((most, value) => (value === undefined || value <= most! ? most : value), undefined);
      return best === undefined
        ? undefined
        : valueAs({ value: best, kind: scorer!.kind, by: scorer!.name }, 'probability');
    },
    async guess(asked, found) {
      const seen = found.slice(0, looksThrough);
      const scores = await score(asked, seen, identity);
      if (!scores) return guessAnswers(asked, whole, found.slice(0, passages), rarity, guesses);
      const order = rankByScore(seen, { scores }, { by: scorer!.name, kind: scorer!.kind });
      const read = order.slice(0, passages).map(({ candidate }) => candidate);
      const sentences = read.flatMap((passage) => {
        const { title, body } = titled(beginningOf(passage));
        return sentencesOf(body).map((text, at) => ({
          id: `${passage.id}\n${at}`,
          key: `${at} ${identity(passage)}`,
          text,
          content: `${title}\n${text}`.trim(),
        }));
      });
      const worth = await score(asked, sentences, ({ key }) => key);
      const worthOf = new Map(sentences.map(({ text }, at) => [text, worth?.[at] ?? -Infinity]));
      return guessAnswers(asked, whole, read, rarity, guesses, worth && ((text) => worthOf.get(text)!));
    },
  };
}
