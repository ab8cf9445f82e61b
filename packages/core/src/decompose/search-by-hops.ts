// Longer than most: one search, hop by hop, in the order in which it happens.
import { checkInteger, checkOptionNames, checkQuery } from '../check.ts';
import { textOf } from '../content.ts';
import { collect } from '../fusion/collect.ts';
import { coverQuestions } from '../fusion/cover-questions.ts';
import type { Fusion, FusionKey, Pool } from '../fusion/pool.ts';
import { interleave } from '../fusion/interleave.ts';
import { inputOrder } from '../rerank/input-order.ts';
import type { Candidate, Content, Decomposer, Found, Note, RerankOptions, Retriever, Run, Searcher } from '../types.ts';
import { answerPart, type Answerer } from './answer-part.ts';
import { askerOf } from './ask.ts';
import { checkRetrieval } from './check-gather.ts';
import { partsOf, type PartsReranker } from './decomposed.ts';
import { distinctParts, folded } from './distinct-parts.ts';
import { failureNotes, nothingAnswered } from './failure-notes.ts';
import { foundFor as foundIn } from './found-for.ts';
import { fillNeeds } from './fill-needs.ts';
import { guessAnswers, type Guess } from './hops/guess-answers.ts';
import { topOf, type Hop } from './hops/top-of.ts';
import { rarityAmong } from './hops/words.ts';

export interface HopOptions<C extends Candidate = Candidate> {
  /** How many times the search goes on from what it found. 0 is a search without hops. Default 3. */
  readonly hops?: number | undefined;
  /** How many passages of a question are read for guesses at its answer. Default 2. */
  readonly passages?: number | undefined;
  /** How many guesses are followed per question. Default 4. */
  readonly guesses?: number | undefined;
  /** Reads the answer instead of guessing it; where it knows none, guesses are followed. */
  readonly answerer?: Answerer | undefined;
  /** How many candidates each retriever is asked for, for the question and for what hangs on no answer. Default 50. */
  readonly depthPerPart?: number | undefined;
  /** The same for each guess. Default 10. */
  readonly depthPerGuess?: number | undefined;
  /** How many questions are asked at most, the original and all guesses included. Default 24. */
  readonly maxQueries?: number | undefined;
  /** How long one retrieval may take, in milliseconds, within the deadline. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Weight of each retriever by name, default 1. */
  readonly weights?: Readonly<Record<string, number>> | undefined;
  readonly key?: FusionKey<C> | undefined;
  /** How many fused candidates go on to the reranker; the rest are dropped. Default: all. */
  readonly poolLimit?: number | undefined;
}

/** To the reranker, evidence found by a guess counts less than evidence for what was asked. Chosen on odd queries of musique-dev. */
const guessWeight = 0.4;
const followUpWeight = 0.3;

const optionNames =
  'hops passages guesses answerer depthPerPart depthPerGuess maxQueries timeoutMs weights key poolLimit'.split(' ');

/**
 * Search that goes on from what it found. The question and those parts that hang on no answer are asked first. Then, hop
 * by hop, what hangs on an answer is asked with each of several guesses at it (names in the best passages), and the
 * question itself once more with the names that its best passages lead to. No language model is needed; with an
 * `answerer`, its answer takes the place of the guesses.
 *
 * It stops when every part was asked and the question followed, when a hop finds nothing new, or when the budget of hops,
 * queries or time is spent (with a `part-dropped` note, if parts stayed unasked). `hops` in the result tells each query,
 * the sentence or title that suggested it, and how many candidates it was the first to find.
 *
 * The pools of all guesses for one part make one group for the fusion: by default the question, its parts and what
 * follows from the question take turns, and within a group so do the guesses, since each asks something else.
 *
 * After natural-logic and autoregressive multi-hop retrieval, with names for bridges as in GoldEn Retriever (Qi et al.,
 * EMNLP 2019).
 */
export function searchByHops<C extends Candidate>(
  retrievers: Retriever<C> | readonly Retriever<C>[],
  decomposer: Decomposer,
  fusion: Fusion = coverQuestions({ within: interleave() }),
  reranker: PartsReranker = inputOrder,
  options: HopOptions<C> = {},
): Searcher<C> {
  checkOptionNames(options, optionNames, 'searchByHops()');
  const { hops = 3, passages = 2, guesses = 4, depthPerPart = 50, depthPerGuess = 10, maxQueries = 24 } = options;
  const { answerer, timeoutMs = 30_000, weights = {}, key, poolLimit } = options;
  for (const [name, value] of Object.entries({ passages, guesses, depthPerGuess })) checkInteger(name, value, 1);
  checkInteger('hops', hops, 0);
  checkInteger('poolLimit', poolLimit, 1);
  const all = [retrievers].flat() as readonly Retriever<C>[];
  checkRetrieval(all, { depthPerPart, maxQueries, timeoutMs, weights });
  const last = typeof reranker === 'function' ? 'by parts' : reranker.name;
  const name = `hops(${decomposer.name}, ${all.map((one) => one.name).join(' + ')}, ${fusion.name}, ${last})`;
  return {
    name,
    async search(question: Content, call?: RerankOptions): Promise<Found<C>> {
      checkOptionNames(call, ['signal', 'deadline', 'onEvent', 'topK', 'minScore'], `${name}.search()`);
      checkInteger('topK', call?.topK, 0);
      checkQuery(question, 'search()');
      const down = { signal: call?.signal, deadline: call?.deadline, onEvent: call?.onEvent };
      const whole = textOf(question);
      const split = await partsOf(decomposer, question, down);
      const chosen = distinctParts(whole, split.parts, maxQueries - 1, 'hops');
      const { parts } = chosen;
      const notes: Note[] = [...split.notes, ...chosen.notes];
      const runs: Run[] = [...split.runs];
      const broad = askerOf(all, { depth: depthPerPart, timeoutMs, weights }, down);
      const narrow = askerOf(all, { depth: depthPerGuess, timeoutMs, weights }, down);

      const trace: Hop[] = [];
      const asked = new Set([folded(whole)]);
      const seen = new Set<string>();
      const notice = (query: string, because: string | undefined, found: readonly Pool<C>[]): number => {
        const before = seen.size;
        for (const { candidates } of found) for (const { id } of candidates) seen.add(id);
        trace.push({ query, ...(because !== undefined && { because }), found: seen.size - before });
        return seen.size - before;
      };
      /** What was found for each part; the question's own comes first, at −1. */
      const foundFor = new Map<number, readonly Pool<C>[]>();
      const grouped: Pool<C>[] = [];
      const keep = (pools: readonly Pool<C>[], group: string): void => {
        for (const pool of pools) grouped.push({ ...pool, question: group });
      };

      // The question, and what hangs on no answer, all at once.
      const free = parts.flatMap((part, index) => (part.needs?.length ? [] : [{ part, index }]));
      const first = await Promise.all([
        broad.ask(question, '', 1),
        ...free.map(({ part, index }) => broad.ask(part.text, `#${index + 1}`, part.weight ?? 1)),
      ]);
      const firstOnes = [{ text: whole, index: -1 }, ...free.map(({ part, index }) => ({ text: part.text, index }))];
      for (const [at, { text, index }] of firstOnes.entries()) {
        asked.add(folded(text));
        foundFor.set(index, first[at]!);
        keep(first[at]!, text);
        notice(text, undefined, first[at]!);
      }
      const rarity = rarityAmong(first.flat().flatMap(({ candidates }) => candidates.map((c) => textOf(c.content))));

      const answersTo = async (index: number, text: string): Promise<readonly Guess[]> => {
        const top = topOf(foundFor.get(index) ?? [], passages);
        const answer =
          answerer && index >= 0 ? await answerPart(answerer, text, top, down, timeoutMs, { notes, runs }) : undefined;
        if (answer) return [{ text: answer, because: `${answerer!.name}: ${answer}` }];
        return guessAnswers(text, whole, top, rarity, guesses);
      };

      let followed = false;
      const late = (): boolean => Date.now() >= (call?.deadline ?? Infinity);
      for (let hop = 1; hop <= hops && !late(); hop++) {
        const ready = parts.flatMap((part, index) => {
          const open = !foundFor.has(index) && part.needs!.every((need) => foundFor.has(need));
          return open ? [{ part, index }] : [];
        });
        const queries: { text: string; because: string; index: number; label: string; weight: number }[] = [];
        for (const { part, index } of ready) {
          const needs = part.needs!;
          const answers = await Promise.all(
            needs.map((need) => answersTo(need, foundFor.get(need)?.[0]?.question ?? parts[need]!.text)),
          );
          const widest = answers.reduce((most, list) => (list.length > most.length ? list : most), answers[0]!);
          for (let at = 0; at < Math.max(1, widest.length); at++) {
            const guess = answers.map((list) => list[Math.min(at, list.length - 1)]);
            const known = new Map(needs.flatMap((need, n) => (guess[n] ? [[need, guess[n].text] as const] : [])));
            const because =
              guess.flatMap((one) => (one ? [one.because] : [])).join(' ') || 'no answer was found to go on from';
            const label = `#${index + 1}.${at + 1}`;
            queries.push({ text: fillNeeds(part.text, needs, known), because, index, label, weight: part.weight ?? 1 });
          }
        }
        if (!followed) {
          for (const [at, { text, because }] of (await answersTo(-1, whole)).entries()) {
            queries.push({ text: `${whole} ${text}`, because, index: -2, label: `+${at + 1}`, weight: 1 });
          }
          followed = true;
        }
        const fresh = [...new Map(queries.map((query) => [folded(query.text), query])).entries()]
          .filter(([text]) => text !== '' && !asked.has(text))
          .map(([, query]) => query);
        const within = fresh.slice(0, Math.max(0, maxQueries - asked.size));
        const found = await Promise.all(within.map(({ text, label, weight }) => narrow.ask(text, label, weight)));
        let news = 0;
        for (const [at, { text, because, index }] of within.entries()) {
          asked.add(folded(text));
          news += notice(text, because, found[at]!);
          keep(found[at]!, index >= 0 ? parts[index]!.text : `${whole} …`);
          foundFor.set(index, [...(foundFor.get(index) ?? []), ...found[at]!]);
        }
        for (const { index } of ready) if (!foundFor.has(index)) foundFor.set(index, []);
        if (news === 0) break;
      }
      const unasked = parts.filter((_, index) => !foundFor.has(index)).map(({ text }) => JSON.stringify(text));
      if (unasked.length > 0) {
        const message = `The search ended before ${unasked.length} part(s) could be asked: ${unasked.join(', ')}.`;
        notes.push({ code: 'part-dropped', by: 'hops', message });
      }

      const failures = [...broad.failures, ...narrow.failures];
      if (grouped.length === 0) throw nothingAnswered(failures);
      notes.push(...failureNotes(failures, asked.size));
      runs.push(...broad.runs, ...narrow.runs);
      const started = performance.now();
      const fused = fusion.fuse(grouped, { key, topK: poolLimit });
      runs.push({ by: fusion.name, durationMs: performance.now() - started });
      // Different guesses may well share nothing; only what was asked in the same words should.
      notes.push(...fused.notes.filter(({ code }) => code !== 'no-overlap'));
      notes.push(...collect(first.flat(), { key }, name).notes.filter(({ code }) => code === 'no-overlap'));
      // What followed from the question is one more part to the reranker: it too has evidence of its own.
      const followUp = foundFor.get(-2) ?? [];
      const sides = parts.map((part) =>
        part.needs?.length ? { ...part, weight: guessWeight * (part.weight ?? 1) } : part,
      );
      if (followUp.length > 0) sides.push({ text: whole, weight: followUpWeight });
      const found = foundIn(fused.candidates, (at) => foundFor.get(at < parts.length ? at : -2) ?? []);
      const byParts = typeof reranker === 'function' ? reranker(sides, found) : reranker;
      const ranking = await byParts.rerank(question, fused.candidates, call);
      return {
        results: ranking.results,
        parts,
        hops: trace,
        notes: [...notes, ...ranking.notes],
        runs: [...runs, ...ranking.runs],
      };
    },
  };
}
