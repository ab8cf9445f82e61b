// Longer than most: one search, hop by hop, in the order in which it happens.
import { checkInteger, checkOptionNames, checkQuery } from '../check.ts';
import { textOf } from '../content.ts';
import { collect } from '../fusion/collect.ts';
import { coverQuestions } from '../fusion/cover-questions.ts';
import type { Fusion } from '../fusion/pool.ts';
import { interleave } from '../fusion/interleave.ts';
import { identityReader } from '../fusion/key.ts';
import { inputOrder } from '../rerank/input-order.ts';
import type {
  Candidate,
  Content,
  Decomposer,
  Found,
  Note,
  RerankOptions,
  Retriever,
  Run,
  Searcher,
  SubQuestion,
} from '../types.ts';
import { askerOf } from './ask.ts';
import { checkRetrieval } from './gather-options.ts';
import { checkPieces, partsOf } from './decomposed.ts';
import type { PartsReranker } from './parts-reranker.ts';
import { distinctParts } from './distinct-parts.ts';
import { failureNotes, nothingAnswered } from './failure-notes.ts';
import { foundFor } from './found-for.ts';
import { answersOf } from './hops/answers.ts';
import { checkHopOptions, type HopOptions } from './hops/hop-options.ts';
import { followUps, inTurn, readyParts, stepsFor, unasked } from './hops/queries.ts';
import { readerOf, type Reader } from './hops/reader.ts';
import { Trail, theFollowUp, theQuestion } from './hops/trail.ts';
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
  checkPieces(decomposer, fusion, reranker, 'searchByHops()');
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

      const trail = new Trail<C>(identityReader(key));
      // The question, and what hangs on no answer, all at once.
      const first = [
        { text: whole, index: theQuestion, label: '', weight: 1 },
        ...parts.flatMap(({ text, needs, weight = 1 }, index) =>
          needs?.length ? [] : [{ text, index, label: `#${index + 1}`, weight }],
        ),
      ];
      const firstPools = await Promise.all(
        first.map(({ text, index, label, weight }) =>
          broad.ask(index === theQuestion ? question : text, label, weight),
        ),
      );
      for (const [at, { text, index }] of first.entries()) trail.add({ text, index, group: text }, firstPools[at]!);
      const texts = firstPools.flat().flatMap(({ candidates }) => candidates.map((c) => textOf(c.content)));
      const report = { notes, runs };
      const reader = readerOf(
        { whole, rarity: rarityAmong(texts), identity: trail.identity, passages, guesses, scorer },
        down,
        report,
      );
      const answers = answersOf({ trail, parts, whole, reader, answerer, passages, timeoutMs }, down, report);

      const late = (): boolean => Date.now() >= (call?.deadline ?? Infinity);
      for (let hop = 1; hop <= hops && !late(); hop++) {
        if (enough !== undefined && (await suffices(trail, parts, reader, enough))) break;
        const ready = readyParts(trail, parts);
        const steps = (await Promise.all(ready.map((index) => stepsFor(index, parts[index]!, answers)))).flat();
        if (hop === 1) steps.push(...(await followUps(whole, answers)));
        const within = inTurn(unasked(steps, trail), maxQueries - trail.asked);
        const found = await Promise.all(within.map(({ text, label, weight }) => narrow.ask(text, label, weight)));
        const news = within.map((step, at) => trail.add(step, found[at]!));
        for (const step of steps) if (step.index !== theFollowUp) trail.share(step);
        // A part that the budget left no query for stays open.
        const left = new Set(unasked(steps, trail).map(({ index }) => index));
        for (const index of ready) if (!left.has(index)) trail.close(index);
        if (news.every((count) => count === 0)) break;
      }
      if (answerParts === 'all') {
        const asked = [...parts.keys()].filter((index) => trail.has(index));
        await Promise.all(asked.map((index) => answers.answer(index)));
      }
      const open = parts.filter((_, index) => !trail.has(index)).map(({ text }) => JSON.stringify(text));
      if (open.length > 0) {
        const message = `The search ended before ${open.length} part(s) could be asked: ${open.join(', ')}.`;
        notes.push({ code: 'part-dropped', by: 'hops', message });
      }

      const failures = [...broad.failures, ...narrow.failures];
      if (broad.runs.length + narrow.runs.length === 0) throw nothingAnswered(failures);
      notes.push(...failureNotes(failures, trail.asked));
      runs.push(...broad.runs, ...narrow.runs);
      const started = performance.now();
      const fused = fusion.fuse(trail.pools, { key, topK: poolLimit });
      runs.push({ by: fusion.name, durationMs: performance.now() - started });
      // Different guesses may well share nothing; only what was asked in the same words should.
      notes.push(...fused.notes.filter(({ code }) => code !== 'no-overlap'));
      notes.push(...collect(firstPools.flat(), { key }, name).notes.filter(({ code }) => code === 'no-overlap'));
      // What followed from the question is one more part to the reranker: it too has evidence of its own.
      const guessed = ({ needs = [] }: SubQuestion): boolean => needs.some((need) => !answers.told.has(need));
      const sides = parts.map((part) => (guessed(part) ? { ...part, weight: guessWeight * (part.weight ?? 1) } : part));
      if (trail.found(theFollowUp).length > 0) sides.push({ text: whole, weight: followUpWeight });
      const found = foundFor(
        fused.candidates,
        (at) => trail.found(at < parts.length ? at : theFollowUp),
        (at) => answers.told.get(at),
      );
      const byParts = typeof reranker === 'function' ? reranker(sides, found) : reranker;
      const ranking = await byParts.rerank(question, fused.candidates, call);
      return {
        results: ranking.results,
        parts,
        ...(answerer && { answers: parts.map((_, index) => answers.told.get(index)) }),
        hops: trail.hops,
        notes: [...notes, ...ranking.notes],
        runs: [...runs, ...ranking.runs],
      };
    },
  };
}

/** Every part, or without parts the question, has a passage that is likely enough to answer it. */
async function suffices<C extends Candidate>(
  trail: Trail<C>,
  parts: readonly SubQuestion[],
  reader: Reader<C>,
  enough: number,
): Promise<boolean> {
  for (const index of parts.length === 0 ? [theQuestion] : parts.keys()) {
    let best = 0;
    for (const { question, candidates } of trail.found(index)) {
      best = Math.max(best, (await reader.evidence(question!, candidates)) ?? 0);
    }
    if (best < enough) return false;
  }
  return true;
}
