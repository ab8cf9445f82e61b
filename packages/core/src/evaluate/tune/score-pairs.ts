import { checkedScores } from '../../checked-scores.ts';
import { SecondpassError } from '../../errors.ts';
import type { CallOptions, Candidate, Scorer } from '../../types.ts';
import type { RankedRun } from '../run.ts';
import type { SystemCode } from './code-for.ts';
import { shuffled } from './cross-validate.ts';
import type { ScoredPairs, ScoredQuery } from './scored-pairs.ts';

/** One reranking model with one way of reading texts. */
export interface TuneSystem {
  readonly name: string;
  /** Must be pointwise where several depths are tried. Blends with the first stage are tried in any case. */
  readonly scorer: Scorer;
  /** How to make it, for the code to paste. */
  readonly code: SystemCode;
  /**
   * Tells weights of one name apart: stored scores of another revision are not taken for this one's. `probe` makes one
   * from what the model says.
   */
  readonly revision?: string | undefined;
}

/** Where scored pairs outlive the process: see `openResults`. */
export interface ResultStore {
  readonly known: ScoredPairs;
  append(system: string, query: string, scored: ScoredQuery): Promise<void>;
}

export interface ScorePairsOptions extends Pick<CallOptions, 'signal'> {
  readonly queries: ReadonlyMap<string, string>;
  readonly first: RankedRun;
  /** The text of a document, or `undefined` if the corpus lacks it: it is then unscored. */
  readonly textOf: (id: string) => string | undefined;
  readonly systems: readonly TuneSystem[];
  readonly depths: readonly number[];
  /** Which queries may be used. They are taken in an order that only the seed decides. */
  readonly candidates: readonly string[];
  /**
   * When to stop, in milliseconds: time passed here, and what the stored scores took when they were made. The query in
   * progress is finished, and what is stored is used in any case. Default: never.
   */
  readonly timeMs?: number | undefined;
  readonly seed?: number | undefined;
  /** How good a system is on some queries, for dropping the worse half. Absent: none is dropped. */
  readonly quality?: ((system: string, pairs: ScoredPairs, queries: readonly string[]) => number) | undefined;
  readonly store?: ResultStore | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface ScorePairsResult {
  /** The systems that went all the way, each with the same queries. */
  readonly pairs: ScoredPairs;
  readonly queries: readonly string[];
  /** Systems dropped on the way, with the number of queries that this was decided on. */
  readonly dropped: readonly { readonly system: string; readonly queries: number }[];
  /** True if time ran out before all queries were scored. */
  readonly outOfTime: boolean;
}

/** Queries of the first round; each round then doubles the queries and halves the systems. */
const firstRound = 16;

/**
 * Scores each pair of query and hit once per system, from the top of each list down to the deepest depth, step by step of
 * depth so that the time to each depth is measured and not estimated. Rounds of successive halving (Jamieson and
 * Talwalkar, AISTATS 2016): all systems on a few queries, the better half on twice as many, until one is left or the
 * queries or the time are used up. Systems that stay always share their queries.
 * @throws SecondpassError `invalid-argument` for several depths and a system that is not pointwise; `invalid-score` for
 *   one that gives what is no score
 */
export async function scorePairs(options: ScorePairsOptions): Promise<ScorePairsResult> {
  const { systems, store, signal, timeMs = Infinity, quality, onProgress } = options;
  if (options.depths.length > 1) for (const { scorer } of systems) checkPointwise(scorer);
  const order = shuffled(options.candidates, options.seed ?? 1);
  const pairs = new Map(systems.map(({ name }) => [name, new Map<string, ScoredQuery>()]));
  const dropped: { system: string; queries: number }[] = [];
  let alive = [...systems];
  let used = 0;
  const started = performance.now();
  let before = 0;
  const spent = (): number => before + performance.now() - started;
  let outOfTime = false;
  let goal = alive.length > 1 && quality ? Math.min(firstRound, order.length) : order.length;
  while (used < order.length && !outOfTime) {
    for (; used < goal; used++) {
      const query = order[used]!;
      const isStored = alive.every(({ name, revision }) => store?.known.get(stored({ name, revision }))?.has(query));
      if (!isStored && used > 0 && spent() * (1 + 1 / used) > timeMs) {
        outOfTime = true;
        break;
      }
      for (const system of alive) {
        signal?.throwIfAborted();
        const known = store?.known.get(stored(system))?.get(query);
        const scored = known ?? (await scoreQuery(system.scorer, query, options));
        if (!known) await store?.append(stored(system), query, scored);
        pairs.get(system.name)!.set(query, scored);
        if (known) before += known.stepMs.reduce((sum, ms) => sum + ms, 0);
      }
      const total =
        timeMs === Infinity
          ? order.length
          : Math.min(order.length, Math.max(used + 1, Math.floor((timeMs / spent()) * (used + 1))));
      onProgress?.(used + 1, total);
    }
    if (used >= order.length || outOfTime) break;
    if (quality && alive.length > 1) {
      const queries = order.slice(0, used);
      const ranked = alive
        .map((system) => ({ system, value: quality(system.name, pairs, queries) }))
        .sort((a, b) => b.value - a.value);
      alive = ranked.slice(0, Math.ceil(ranked.length / 2)).map(({ system }) => system);
      for (const { system } of ranked.slice(alive.length)) {
        dropped.push({ system: system.name, queries: used });
        pairs.delete(system.name);
      }
    }
    goal = alive.length > 1 ? Math.min(order.length, goal * 2) : order.length;
  }
  return { pairs, queries: order.slice(0, used), dropped, outOfTime };
}

function checkPointwise({ name, pointwise }: Scorer): void {
  if (pointwise) return;
  throw new SecondpassError(
    'invalid-argument',
    `${name} is not pointwise: its scores depend on the rest of the list, so those of one depth say nothing about another. Tune the scorers it is made of, since blends with the first stage are tried in any case; or try a single depth.`,
  );
}

/** What a system is called in a store. */
function stored({ name, revision }: Pick<TuneSystem, 'name' | 'revision'>): string {
  return revision === undefined ? name : `${name}#${revision}`;
}

/** One query's hits, scored step by step. What was read before counts: a text cut short is a score all the same. */
async function scoreQuery(scorer: Scorer, query: string, options: ScorePairsOptions): Promise<ScoredQuery> {
  const { queries, first, textOf, depths, signal } = options;
  const hits = first.lists.get(query) ?? [];
  const scores: (number | null)[] = [];
  const stepMs: number[] = [];
  let warm = false;
  for (const [index, depth] of depths.entries()) {
    const step = hits.slice(index === 0 ? 0 : depths[index - 1]!, depth);
    const candidates = step.flatMap(({ id, score: value }): Candidate[] => {
      const content = textOf(id);
      if (content === undefined) return [];
      // Rerankers may take the first stage's score into account, as they do where they are used.
      return [{ id, content, ...(value !== undefined && { score: { value, kind: 'retrieval', by: first.name } }) }];
    });
    const started = performance.now();
    const answer = candidates.length > 0 && (await scorer.score(queries.get(query)!, candidates, { signal }));
    const given = answer ? checkedScores(answer.value.scores, candidates.length, scorer.name) : [];
    warm ||= answer !== false && (answer.run?.usage?.cached ?? 0) > 0;
    stepMs.push(candidates.length > 0 ? performance.now() - started : 0);
    const byId = new Map(candidates.map(({ id }, at) => [id, given[at]]));
    scores.push(...step.map(({ id }) => byId.get(id) ?? null));
  }
  return { scores, stepMs, ...(warm && { warm }) };
}
