// Longer than most: one search, hop by hop, in the order in which it happens.
import { checkInteger, checkOptionNames, checkQuery } from '../check.ts';
import { textOf } from '../content.ts';
import { collect } from '../fusion/collect.ts';
import { coverQuestions } from '../fusion/cover-questions.ts';
import type { Fusion, Pool } from '../fusion/pool.ts';
import { interleave } from '../fusion/interleave.ts';
import { inputOrder } from '../rerank/input-order.ts';
import type { Candidate, Content, Decomposer, Found, Note, RerankOptions, Retriever, Run, Searcher } from '../types.ts';
import { answerPart } from './answer-part.ts';
import { askerOf } from './ask.ts';
import { checkRetrieval } from './gather-options.ts';
import { partsOf, type PartsReranker } from './decomposed.ts';
import { distinctParts, folded } from './distinct-parts.ts';
import { failureNotes, nothingAnswered } from './failure-notes.ts';
import { foundFor as foundIn } from './found-for.ts';
import type { Guess } from './hops/guess-answers.ts';
import { checkHopOptions, type HopOptions } from './hops/hop-options.ts';
import { looksThrough, readerOf } from './hops/reader.ts';
import { topOf, type Hop } from './hops/top-of.ts';
import { withGuesses } from './hops/with-guesses.ts';
import { rarityAmong } from './hops/words.ts';

/** To the reranker, evidence found by a guess counts less than evidence for what was asked. Chosen on odd queries of musique-dev. */
const guessWeight = 0.4;
const followUpWeight = 0.3;

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
  checkHopOptions(options);
  const { hops = 3, passages = 2, guesses = 4, depthPerPart = 50, depthPerGuess = 10, maxQueries = 24 } = options;
  const { scorer, enough, answerer, answerParts, timeoutMs = 30_000, weights = {}, key, poolLimit } = options;
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
      const texts = first.flat().flatMap(({ candidates }) => candidates.map((c) => textOf(c.content)));
      const reader = readerOf({ whole, rarity: rarityAmong(texts), passages, guesses, scorer }, down, { notes, runs });
      const readable = (index: number): readonly C[] =>
        topOf(foundFor.get(index) ?? [], Math.max(passages, looksThrough));

      const told = new Map<number, string>();
      const answer = async (index: number, text: string): Promise<string | undefined> => {
        if (!answerer || index < 0) return undefined;
        const read = readable(index).slice(0, passages);
        const said = await answerPart(answerer, text, read, down, timeoutMs, { notes, runs });
        if (said) told.set(index, said);
        return said;
      };
      const answersTo = async (index: number, text: string): Promise<readonly Guess[]> => {
        const said = await answer(index, text);
        if (said) return [{ text: said, because: `${answerer!.name}: ${said}` }];
        return await reader.guess(text, readable(index));
      };
      const wordingOf = (index: number): string => foundFor.get(index)?.[0]?.question ?? parts[index]!.text;

      let followed = false;
      const late = (): boolean => Date.now() >= (call?.deadline ?? Infinity);
      /** Every part, or without parts the question, has a passage that is likely enough to answer it. */
      const suffices = async (): Promise<boolean> => {
        if (enough === undefined) return false;
        for (const index of parts.length === 0 ? [-1] : parts.keys()) {
          let best = 0;
          for (const { question: words, candidates } of foundFor.get(index) ?? []) {
            best = Math.max(best, (await reader.evidence(words!, candidates)) ?? 0);
          }
          if (best < enough) return false;
        }
        return true;
      };
      for (let hop = 1; hop <= hops && !late(); hop++) {
        if (await suffices()) break;
        const ready = parts.flatMap((part, index) => {
          const open = !foundFor.has(index) && part.needs!.every((need) => foundFor.has(need));
          return open ? [{ part, index }] : [];
        });
        const queries: { text: string; because: string; index: number; label: string; weight: number }[] = [];
        for (const { part, index } of ready) {
          const needs = part.needs!;
          const answers = await Promise.all(needs.map((need) => answersTo(need, wordingOf(need))));
          for (const [at, { text, because }] of withGuesses(part.text, needs, answers).entries()) {
            queries.push({ text, because, index, label: `#${index + 1}.${at + 1}`, weight: part.weight ?? 1 });
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
      if (answerParts === 'all') {
        const open = parts.flatMap((_, index) => (told.has(index) || !foundFor.has(index) || late() ? [] : [index]));
        await Promise.all(open.map((index) => answer(index, wordingOf(index))));
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
      const found = foundIn(
        fused.candidates,
        (at) => foundFor.get(at < parts.length ? at : -2) ?? [],
        (at) => told.get(at),
      );
      const byParts = typeof reranker === 'function' ? reranker(sides, found) : reranker;
      const ranking = await byParts.rerank(question, fused.candidates, call);
      return {
        results: ranking.results,
        parts,
        ...(answerer && { answers: parts.map((_, index) => told.get(index)) }),
        hops: trace,
        notes: [...notes, ...ranking.notes],
        runs: [...runs, ...ranking.runs],
      };
    },
  };
}
