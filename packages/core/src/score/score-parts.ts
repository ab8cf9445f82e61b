import { checkedScores } from '../checked-scores.ts';
import { onAbort } from '../on-abort.ts';
import type { Candidate, CallOptions, Content, Note, Run, Scorer, Usage } from '../types.ts';

/** What every part of a blend says of the same candidates: one array per part, in input order. */
export interface ScoredParts {
  readonly scores: readonly (readonly (number | undefined)[])[];
  readonly notes: readonly Note[];
  readonly run: Run;
}

/**
 * Asks several scorers about the same candidates, at the same time, under one signal and deadline. One that fails fails
 * the whole, a blend without a part being another scale, which nobody asked for; then the others are ended, lest a call
 * that was refused go on working.
 * @param noteAbsence by part, whether a candidate that it gave no score is noted. Default: always
 */
export async function scoreParts(
  by: string,
  scorers: readonly Scorer[],
  query: Content,
  candidates: readonly Candidate[],
  options: CallOptions | undefined,
  noteAbsence: readonly boolean[] = [],
): Promise<ScoredParts> {
  options?.signal?.throwIfAborted();
  const started = performance.now();
  const answers = await untilOneFails(options, (call) =>
    scorers.map(async (scorer) => await scorer.score(query, candidates, call)),
  );
  const scores = answers.map(({ value }, part) => checkedScores(value.scores, candidates.length, scorers[part]!.name));
  const notes = answers.flatMap((answer, part) => [
    ...(answer.notes ?? []),
    ...(noteAbsence[part] === false ? [] : absentNotes(by, scorers[part]!.name, candidates, scores[part]!)),
  ]);
  const usage = totalUsage(answers.flatMap(({ run }) => run?.usage ?? []));
  return {
    scores,
    notes: distinct(notes),
    run: { by, durationMs: performance.now() - started, ...(usage && { usage }) },
  };
}

/** All answers of some work, or the first failure: that ends, by the signal that all were given, what is under way. */
async function untilOneFails<T>(
  options: CallOptions | undefined,
  begin: (options: CallOptions) => readonly Promise<T>[],
): Promise<T[]> {
  const end = new AbortController();
  const off = onAbort(options?.signal, () => end.abort(options!.signal!.reason));
  try {
    return await Promise.all(begin({ ...options, signal: end.signal }));
  } catch (error) {
    end.abort(error);
    throw error;
  } finally {
    off();
  }
}

/** Parts that read the same texts say the same of them: once is enough. */
function distinct(notes: readonly Note[]): Note[] {
  const said = new Set<string>();
  return notes.filter(({ code, message, ids = [] }) => {
    const what = JSON.stringify([code, message, ids]);
    return !said.has(what) && said.add(what);
  });
}

/** Who combines says what absence means; who reads the result is told where there was some. */
function absentNotes(
  by: string,
  part: string,
  candidates: readonly Candidate[],
  scores: readonly (number | undefined)[],
): Note[] {
  const ids = candidates.filter((_, index) => scores[index] === undefined).map(({ id }) => id);
  if (ids.length === 0) return [];
  return [{ code: 'partly-scored', by, message: `${part} gave no score for ${ids.length} candidate(s).`, ids }];
}

function totalUsage(usages: readonly Usage[]): Usage | undefined {
  if (usages.length === 0) return undefined;
  const total: Record<string, number> = {};
  for (const usage of usages) for (const [key, count] of Object.entries(usage)) total[key] = (total[key] ?? 0) + count;
  return total;
}
