import { tell } from '../../check.ts';
import { checkRole } from '../../check-role.ts';
import { SecondpassError } from '../../errors.ts';
import type { Scorer } from '../../types.ts';
import { shuffled } from './cross-validate.ts';
import { scoreQuery, type ScoreQueryOptions } from './score-query.ts';
import type { ScoredPairs, ScoredQuery } from './scored-pairs.ts';
import { type ResultStore, storedName, type TuneSystem } from './tune-system.ts';

export interface ScorePairsOptions extends ScoreQueryOptions {
  /** What is compared, each under its own name. */
  readonly systems: readonly TuneSystem[];
  /** Which queries may be used. They are taken in an order that only the seed decides. */
  readonly candidates: readonly string[];
  /**
   * When to stop, in milliseconds: time passed here, and what the stored scores took when they were made. The query in
   * progress is finished, and what is stored is used in any case. Default: never.
   */
  readonly timeMs?: number | undefined;
  /** Default 1. */
  readonly seed?: number | undefined;
  /** How good a system is on some queries, for dropping the worse half. Absent: none is dropped. */
  readonly quality?: ((system: string, pairs: ScoredPairs, queries: readonly string[]) => number) | undefined;
  /** Where scored pairs outlive the process; see `openResults`. Default: nowhere. */
  readonly store?: ResultStore | undefined;
  /** Told after each query how many are done, of how many there is time for. What it throws is ignored. */
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
 * Scores each pair of query and hit once per system, from the top of each list down to the deepest depth, step by step
 * of depth so that the time to each depth is measured and not estimated. Rounds of successive halving (Jamieson and
 * Talwalkar, AISTATS 2016): all systems on a few queries, the better half on twice as many, until one is left or the
 * queries or the time are used up. Systems that stay always share their queries.
 * @throws SecondpassError `invalid-argument` for two systems of one name, what is no scorer, and for several depths and
 *   a system that is not pointwise; `invalid-score` for one that gives what is no score
 */
export async function scorePairs(options: ScorePairsOptions): Promise<ScorePairsResult> {
  const { systems, store, signal, timeMs = Infinity, quality, onProgress } = options;
  checkNames(systems);
  for (const { name, scorer } of systems) checkRole(scorer, 'score', `scorer of system "${name}"`);
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
      const isStored = alive.every(({ name, revision }) =>
        store?.known.get(storedName({ name, revision }))?.has(query),
      );
      if (!isStored && used > 0 && spent() * (1 + 1 / used) > timeMs) {
        outOfTime = true;
        break;
      }
      for (const system of alive) {
        signal?.throwIfAborted();
        const known = store?.known.get(storedName(system))?.get(query);
        const scored = known ?? (await scoreQuery(system.scorer, query, options));
        if (!known) await store?.append(storedName(system), query, scored);
        pairs.get(system.name)!.set(query, scored);
        if (known) before += known.stepMs.reduce((sum, ms) => sum + ms, 0);
      }
      const total =
        timeMs === Infinity
          ? order.length
          : Math.min(order.length, Math.max(used + 1, Math.floor((timeMs / spent()) * (used + 1))));
      tell(() => onProgress?.(used + 1, total), undefined);
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

function checkNames(systems: readonly TuneSystem[]): void {
  const names = systems.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new SecondpassError('invalid-argument', `Two systems are called "${twice}"; give each a name of its own.`);
}
