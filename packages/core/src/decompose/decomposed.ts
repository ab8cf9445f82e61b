import { checkInteger, checkOptionNames, checkQuery } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { textOf } from '../content.ts';
import { SecondpassError } from '../errors.ts';
import { coverQuestions } from '../fusion/cover-questions.ts';
import type { Fusion, FusionKey } from '../fusion/pool.ts';
import { inputOrder } from '../rerank/input-order.ts';
import type { Decomposer, Found, Retriever, Searcher, SubQuestion } from '../search-types.ts';
import type { Candidate, Content, Note, RerankOptions, Run } from '../types.ts';
import { bounded } from './bounded.ts';
import { messageOf } from './failure-notes.ts';
import { foundFor } from './found-for.ts';
import { checkRetrieval, gatherOptionNames, type GatherOptions } from './gather-options.ts';
import { gather } from './gather.ts';
import type { PartsReranker } from './parts-reranker.ts';

export interface DecomposedOptions<C extends Candidate = Candidate> extends Omit<
  GatherOptions,
  'signal' | 'deadline' | 'onEvent'
> {
  /** Which candidates are the same thing, for fusion. Default: those with the same id. */
  readonly key?: FusionKey<C> | undefined;
  /** How many fused candidates go on to the reranker; the rest are dropped. Default: all. */
  readonly poolLimit?: number | undefined;
}

/**
 * Question in, evidence out, as one call: decompose, ask all retrievers the question and its parts, fuse the pools,
 * rerank what came together against the original question.
 *
 * A decomposer that fails costs the parts, with a `fell-back` note: the question alone is searched. `topK`, `minScore`,
 * the signal and the one deadline of a search hold for all of it.
 *
 * @param retrievers first-stage retrieval: one, or several that search the same documents. Of different types of
 *   candidates: with their one type by name, `decomposed<Page | Vector>(…)`
 * @param decomposer for example `decomposeByRules()`
 * @param fusion default `coverQuestions()`: pools of one question fused, questions taking turns
 * @param reranker default: the fused order stays
 * @throws SecondpassError `invalid-argument` for a piece in the place of another, and an option that is unknown or out
 *   of its range; from `search` as `gather`, and what the fusion and the reranker throw
 *
 * @example
 * const searcher = decomposed(bm25, decomposeByRules(), coverQuestions(), reranker, { poolLimit: 100 });
 * const { results, parts, notes } = await searcher.search('Who is older, Ada Lovelace or Charles Babbage?', { topK: 5 });
 */
export function decomposed<C extends Candidate>(
  retrievers: Retriever<C> | readonly Retriever<C>[],
  decomposer: Decomposer,
  fusion: Fusion = coverQuestions(),
  reranker: PartsReranker = inputOrder,
  options?: DecomposedOptions<C>,
): Searcher<C> {
  checkOptionNames(options, ['key', 'poolLimit', ...gatherOptionNames], 'decomposed()');
  checkInteger('poolLimit', options?.poolLimit, 1);
  const { key, poolLimit, ...gatherOptions } = options ?? {};
  const all = [retrievers].flat() as readonly Retriever<C>[];
  checkRetrieval(all, gatherOptions);
  checkPieces(decomposer, fusion, reranker, 'decomposed()');
  const last = typeof reranker === 'function' ? 'by parts' : reranker.name;
  const name = `decomposed(${decomposer.name}, ${all.map((one) => one.name).join(' + ')}, ${fusion.name}, ${last})`;
  return {
    name,
    async search(question: Content, call?: RerankOptions): Promise<Found<C>> {
      checkOptionNames(call, ['signal', 'deadline', 'onEvent', 'topK', 'minScore'], `${name}.search()`);
      checkInteger('topK', call?.topK, 0);
      checkQuery(question, 'search()');
      const { signal, deadline, onEvent } = call ?? {};
      const down = { signal, deadline, onEvent };
      const split = await partsOf(decomposer, question, down);
      const gathered = await gather(question, split.parts, all, { ...gatherOptions, ...down });
      const started = performance.now();
      const fused = fusion.fuse(gathered.pools, { key, topK: poolLimit });
      const run: Run = { by: fusion.name, durationMs: performance.now() - started };
      const asked = gathered.parts.map((part, at) => ({ ...part, text: gathered.asked[at] ?? part.text }));
      const found = foundFor(
        fused.candidates,
        (at) => {
          const wording = at < 0 ? textOf(question) : asked[at]!.text;
          return gathered.pools.filter(({ question: text }) => text === wording);
        },
        (at) => gathered.answers[at],
      );
      const byParts = typeof reranker === 'function' ? reranker(asked, found) : reranker;
      const ranking = await byParts.rerank(question, fused.candidates, call);
      return {
        results: ranking.results,
        parts: gathered.parts,
        ...(gatherOptions.answerer && { answers: gathered.answers }),
        notes: [...split.notes, ...gathered.notes, ...fused.notes, ...ranking.notes],
        runs: [...split.runs, ...gathered.runs, run, ...ranking.runs],
      };
    },
  };
}

/** Refuses a piece in the place of another. */
export function checkPieces(decomposer: Decomposer, fusion: Fusion, reranker: PartsReranker, where: string): void {
  checkRole(decomposer, 'decompose', where);
  checkRole(fusion, 'fuse', where);
  if (typeof reranker !== 'function') checkRole(reranker, 'rerank', where);
}

/** What the decomposer says; nothing, and a note, where it fails. */
export async function partsOf(
  decomposer: Decomposer,
  question: Content,
  options: RerankOptions,
): Promise<{ readonly parts: readonly SubQuestion[]; readonly notes: readonly Note[]; readonly runs: readonly Run[] }> {
  const started = performance.now();
  try {
    const {
      value,
      notes = [],
      run,
    } = await bounded(`Decomposer "${decomposer.name}"`, (inner) => decomposer.decompose(question, inner), options);
    if (!Array.isArray(value)) {
      throw new SecondpassError('failed', `It answered ${typeof value} instead of an array of sub-questions.`);
    }
    return { parts: value, notes, runs: [run ?? { by: decomposer.name, durationMs: performance.now() - started }] };
  } catch (cause) {
    options.signal?.throwIfAborted();
    const message = `Decomposition failed (${messageOf(cause)}); the question is searched as it is.`;
    return { parts: [], notes: [{ code: 'fell-back', by: decomposer.name, message, cause }], runs: [] };
  }
}
