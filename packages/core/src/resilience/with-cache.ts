// Longer than most files: what is shared between calls, and what each call puts together, are one story.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { checkInteger, checkOptionNames } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { checkedScores } from '../checked-scores.ts';
import { SecondpassError } from '../errors.ts';
import { namedBy } from '../named-by.ts';
import type { Answer, CallOptions, Candidate, Content, Note, Run, ScoreDetail, Scored, Scorer } from '../types.ts';
import { lruMap } from './lru-map.ts';
import { notesById, unsaid, wording } from './notes-by-id.ts';
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

/** Milliseconds of looking up between two turns of the event loop. */
const slice = 4;

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
      const prefix = queryKey(scorer.name, query);
      const keys: string[] = [];
      let sliceEnd = started + slice;
      for (const candidate of candidates) {
        keys.push(candidateKey(prefix, candidate, keyOf(candidate)));
        if (performance.now() < sliceEnd) continue;
        await nextTurn();
        options?.signal?.throwIfAborted();
        sliceEnd = performance.now() + slice;
      }
      const found = new Map<string, Entry>();
      /** Where in the list those stand that this call scores. */
      const asked = new Map<string, number>();
      const answers: Answer<Scored>[] = [];
      for (let waits = 0; ; waits++) {
        const mine = new Map<string, Candidate>();
        const others: Promise<unknown>[] = [];
        for (const [index, key] of keys.entries()) {
          if (found.has(key) || asked.has(key)) continue;
          const entry = entries.get(key);
          if (entry) found.set(key, entry);
          else if (waits < mostWaits && (pending.get(key)?.length ?? Infinity) <= mostTimesLonger * keys.length) {
            others.push(pending.get(key)!.work);
          } else {
            asked.set(key, index);
            mine.set(key, candidates[index]!);
          }
        }
        if (mine.size > 0) answers.push(await compute(query, mine, options, found));
        if (others.length === 0) break;
        await settledOrLate(others, options);
      }
      const named = new Map<string, { readonly note: Note; readonly ids: string[] }>();
      const ofAll = new Set<Note>();
      let cached = 0;
      for (const [index, key] of keys.entries()) {
        const entry = found.get(key);
        const { id } = candidates[index]!;
        if (!entry || asked.get(key) === index) continue;
        cached++;
        for (const note of entry.notes) {
          const known = named.get(wording(note));
          if (known) known.ids.push(id);
          else named.set(wording(note), { note, ids: [id] });
        }
        for (const note of entry.ofAll) ofAll.add(note);
      }
      const fresh = answers.flatMap(({ notes = [] }) => notes);
      const again = [...named.values()].map(({ note, ids }) => ({ ...note, ids, message: `(cached) ${note.message}` }));
      const run = runOf({ ...model, by: scorer.name, durationMs: performance.now() - started }, answers, cached);
      return {
        value: {
          scores: keys.map((key) => found.get(key)?.score),
          details: keys.map((key) => copyOf(found.get(key)?.detail)),
        },
        notes: [...fresh, ...unsaid(ofAll, fresh), ...again],
        run,
      };
    },
  };
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
