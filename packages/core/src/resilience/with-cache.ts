import { checkInteger, checkOptionNames } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { checkedScores } from '../checked-scores.ts';
import { SecondpassError } from '../errors.ts';
import { namedBy } from '../named-by.ts';
import { ownTurn } from '../turns.ts';
import type { Answer, CallOptions, Candidate, Content, Note, Run, ScoreDetail, Scored, Scorer } from '../types.ts';
import { lruMap } from './lru-map.ts';
import { notesById, notesOfKept } from './notes-by-id.ts';
import { candidateKey, queryKey } from './score-key.ts';
import { settledOrLate } from './settled-or-late.ts';

export interface CacheOptions {
  /** How many scores are kept, at least 1; the least recently used goes first. About 300 bytes each. Default 10 000. */
  readonly maxEntries?: number | undefined;
  /**
   * What else of a candidate the scorer reads. Content, first-stage score, signals and vectors are always part of the
   * key; fields of your own are not, unless this returns them. Default: nothing.
   */
  readonly keyOf?: ((candidate: Candidate) => string) | undefined;
}

/**
 * How often a call waits for what others are scoring before it scores that itself. Twice, so that of those who wait for a
 * call that is given up one takes its place; not more, so that calls to a scorer that keeps failing do not queue up.
 */
const mostWaits = 2;
/**
 * How many times as long a list may be that a call waits for: a short call that shares one candidate with a long one
 * scores it itself, rather than wait for all the others.
 */
const mostTimesLonger = 2;

/** Notes that say that a score may be less than what the scorer gives when nothing goes wrong. */
const passing: ReadonlySet<Note['code']> = new Set(['timed-out', 'worker-lost', 'malformed-answer']);

interface Entry {
  readonly score: number;
  readonly detail: ScoreDetail | undefined;
  readonly notes: readonly Note[];
  /** Notes of its call that name nobody, and so speak of it, too. */
  readonly ofAll: readonly Note[];
}

/**
 * Remembers scores, in memory and bounded, for one pointwise scorer: its name (with the model's revision), the query
 * and the candidate as the scorer sees it are the key. Equal candidates in one list, and in calls of about one length at
 * the same time, are scored once. What could not be scored is not remembered, nor what was scored in part because time ran
 * out, a worker died or an answer was garbled: asked again, it is scored again. Cached scores are counted in
 * `usage.cached`, and a note that once named a candidate (it was truncated), or all without a name (the model's
 * licence), comes back with its score.
 *
 * @example
 * const reranker = byScore(withCache(await loadCrossEncoder(), { maxEntries: 50_000 }));
 * @throws SecondpassError `invalid-argument` if the scorer is not pointwise: its scores depend on the rest of the list
 */
export function withCache(scorer: Scorer, options?: CacheOptions): Scorer {
  checkRole(scorer, 'score', 'withCache()');
  checkOptionNames(options, ['maxEntries', 'keyOf'], 'withCache()');
  checkInteger('maxEntries', options?.maxEntries, 1);
  if (!scorer.pointwise) {
    const fact = `${scorer.name} is not pointwise: its scores depend on the rest of the list`;
    throw new SecondpassError(
      'invalid-argument',
      `${fact}, so they cannot be cached. Cache the scorers it is made of.`,
    );
  }
  const entries = lruMap<Entry>(options?.maxEntries ?? 10_000);
  const pending = new Map<string, { readonly work: Promise<unknown>; readonly length: number }>();
  const keyOf = options?.keyOf ?? (() => '');
  let model: Partial<Run> = {};

  /** Scores what nobody else is scoring, and remembers it; meanwhile others find it in `pending`. */
  async function compute(
    query: Content,
    fresh: ReadonlyMap<string, Candidate>,
    options: CallOptions | undefined,
    found: Map<string, Entry>,
  ): Promise<Answer<Scored>> {
    const keys = [...fresh.keys()];
    const work = (async () => await scorer.score(query, [...fresh.values()], options))();
    for (const key of keys) pending.set(key, { work, length: keys.length });
    try {
      const answer = await work;
      const { details } = answer.value;
      const scores = checkedScores(answer.value.scores, keys.length, scorer.name);
      const said = notesById(answer.notes ?? []);
      const ofAll = (answer.notes ?? []).filter(({ ids }) => ids === undefined);
      const isPassing = namedBy(answer.notes ?? [], passing);
      for (const [index, key] of keys.entries()) {
        const score = scores[index];
        if (score === undefined) continue;
        const { id } = fresh.get(key)!;
        found.set(key, { score, detail: details?.[index], notes: said.get(id) ?? [], ofAll });
        if (!isPassing(id)) entries.set(key, found.get(key)!);
      }
      if (answer.run) model = { ...answer.run };
      return answer;
    } finally {
      for (const key of keys) if (pending.get(key)?.work === work) pending.delete(key);
    }
  }

  return {
    name: scorer.name,
    kind: scorer.kind,
    pointwise: true,
    async score(query, candidates, options) {
      options?.signal?.throwIfAborted();
      const started = performance.now();
      const keys = await keysOf(query, candidates, options?.signal);
      const found = new Map<string, Entry>();
      /** Where in the list those stand that this call scores. */
      const asked = new Map<string, number>();
      const answers: Answer<Scored>[] = [];
      for (let waits = 0; ; waits++) {
        const { mine, others } = shareOut(keys, found, asked, waits < mostWaits);
        const fresh = new Map(mine.map((index) => [keys[index]!, candidates[index]!]));
        if (fresh.size > 0) answers.push(await compute(query, fresh, options, found));
        if (others.length === 0) break;
        await settledOrLate(others, options);
      }
      const kept = candidates.flatMap(({ id }, index) => {
        const entry = asked.get(keys[index]!) === index ? undefined : found.get(keys[index]!);
        return entry ? [{ id, entry }] : [];
      });
      const run = { ...model, by: scorer.name, durationMs: performance.now() - started };
      return {
        value: {
          scores: keys.map((key) => found.get(key)?.score),
          details: keys.map((key) => copyOf(found.get(key)?.detail)),
        },
        notes: notesOfKept(
          kept,
          answers.flatMap(({ notes = [] }) => notes),
        ),
        run: runOf(run, answers, kept.length),
      };
    },
  };

  async function keysOf(
    query: Content,
    candidates: readonly Candidate[],
    signal: AbortSignal | undefined,
  ): Promise<string[]> {
    const prefix = queryKey(scorer.name, query);
    const turn = ownTurn();
    const keys: string[] = [];
    for (const candidate of candidates) {
      keys.push(candidateKey(prefix, candidate, keyOf(candidate)));
      if (!turn.over()) continue;
      await turn.next();
      signal?.throwIfAborted();
    }
    return keys;
  }

  /** Takes what is kept into `found`; says what of the rest this call scores, now in `asked`, and what it waits for. */
  function shareOut(
    keys: readonly string[],
    found: Map<string, Entry>,
    asked: Map<string, number>,
    mayWait: boolean,
  ): { readonly mine: readonly number[]; readonly others: readonly Promise<unknown>[] } {
    const mine: number[] = [];
    const others: Promise<unknown>[] = [];
    for (const [index, key] of keys.entries()) {
      if (found.has(key) || asked.has(key)) continue;
      const entry = entries.get(key);
      const other = pending.get(key);
      if (entry) found.set(key, entry);
      else if (mayWait && other && other.length <= mostTimesLonger * keys.length) others.push(other.work);
      else {
        asked.set(key, index);
        mine.push(index);
      }
    }
    return { mine, others };
  }
}

/** What stands beside a score, for a caller that may change it: what is kept stays as it is. */
function copyOf(detail: ScoreDetail | undefined): ScoreDetail | undefined {
  return detail && { ...detail, ...(detail.passage && { passage: { ...detail.passage } }) };
}

/** One run for the call: its own time, what was computed in it, and what came from the cache. */
function runOf(run: Run, answers: readonly Answer<Scored>[], cached: number): Run {
  const total = (key: 'pairs' | 'tokens' | 'calls'): number | undefined => {
    const numbers = answers.map((answer) => answer.run?.usage?.[key]).filter((value) => value !== undefined);
    return numbers.length > 0 ? numbers.reduce((sum, value) => sum + value) : undefined;
  };
  const pairs = total('pairs') ?? answers.reduce((sum, { value }) => sum + value.scores.length, 0);
  const tokens = total('tokens');
  const calls = total('calls');
  return {
    ...run,
    usage: { pairs, ...(tokens !== undefined && { tokens }), ...(calls !== undefined && { calls }), cached },
  };
}
