import { checkInteger, checkOptionNames, checkQuery } from '../check.ts';
import { textOf } from '../content.ts';
import { collect } from '../fusion/collect.ts';
import { coverQuestions } from '../fusion/cover-questions.ts';
import type { Fusion } from '../fusion/pool.ts';
import { interleave } from '../fusion/interleave.ts';
import { identityReader } from '../fusion/key.ts';
import { inputOrder } from '../rerank/input-order.ts';
import type { Decomposer, Found, Retriever, Searcher, SubQuestion } from '../search-types.ts';
import type { Candidate, Content, Note, RerankOptions } from '../types.ts';
import { askerOf } from './ask.ts';
import { checkRetrieval } from './gather-options.ts';
import { checkPieces, partsOf } from './decomposed.ts';
import type { PartsReranker } from './parts-reranker.ts';
import { distinctParts } from './distinct-parts.ts';
import { failureNotes, nothingAnswered } from './failure-notes.ts';
import { foundFor } from './found-for.ts';
import { answersOf } from './hops/answers.ts';
import { firstHop } from './hops/first-hop.ts';
import { furtherHops } from './hops/further-hops.ts';
import { checkHopOptions, type HopOptions } from './hops/hop-options.ts';
import { readerOf } from './hops/reader.ts';
import { sidesOf } from './hops/sides.ts';
import { Trail, theFollowUp } from './hops/trail.ts';
import { rarityAmong } from './hops/words.ts';

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
 *
 * @param retrievers as for `decomposed`
 * @throws SecondpassError `invalid-argument` for a piece in the place of another, and an option that is unknown or out
 *   of its range; from `search` as `gather`, and what the fusion and the reranker throw
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
      const report = { notes: [...split.notes, ...chosen.notes], runs: [...split.runs] };
      const { notes, runs } = report;
      const broad = askerOf(all, { depth: depthPerPart, timeoutMs, weights }, down);
      const narrow = askerOf(all, { depth: depthPerGuess, timeoutMs, weights }, down);

      const trail = new Trail<C>(identityReader(key));
      const firstPools = (await firstHop(trail, broad, question, parts)).flat();
      const texts = firstPools.flatMap(({ candidates }) => candidates.map((c) => textOf(c.content)));
      const reader = readerOf(
        { whole, rarity: rarityAmong(texts), identity: trail.identity, passages, guesses, scorer },
        down,
        report,
      );
      const answers = answersOf({ trail, parts, whole, reader, answerer, passages, timeoutMs }, down, report);
      await furtherHops(
        { whole, parts, trail, answers, reader, asker: narrow },
        { hops, maxQueries, enough, deadline: call?.deadline },
      );
      if (answerParts === 'all') {
        const asked = [...parts.keys()].filter((index) => trail.has(index));
        await Promise.all(asked.map((index) => answers.answer(index)));
      }
      notes.push(...openNotes(parts, trail));

      const failures = [...broad.failures, ...narrow.failures];
      if (broad.runs.length + narrow.runs.length === 0) throw nothingAnswered(failures);
      notes.push(...failureNotes(failures, trail.asked));
      runs.push(...broad.runs, ...narrow.runs);
      const started = performance.now();
      const fused = fusion.fuse(trail.pools, { key, topK: poolLimit });
      runs.push({ by: fusion.name, durationMs: performance.now() - started });
      // Different guesses may well share nothing; only what was asked in the same words should.
      notes.push(...fused.notes.filter(({ code }) => code !== 'no-overlap'));
      notes.push(...collect(firstPools, { key }, name).notes.filter(({ code }) => code === 'no-overlap'));
      const followed = trail.found(theFollowUp).length > 0 ? { whole } : undefined;
      const sides = sidesOf(parts, answers.told, followed);
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

/** Says which parts no query was asked for. */
function openNotes(parts: readonly SubQuestion[], trail: Pick<Trail<never>, 'has'>): Note[] {
  const open = parts.filter((_, index) => !trail.has(index)).map(({ text }) => JSON.stringify(text));
  if (open.length === 0) return [];
  const message = `The search ended before ${open.length} part(s) could be asked: ${open.join(', ')}.`;
  return [{ code: 'part-dropped', by: 'hops', message }];
}
