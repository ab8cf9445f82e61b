import { checkedScores } from '../checked-scores.ts';
import type { Candidate, CallOptions, Content, Note, Run, Scorer, Usage } from '../types.ts';

/** What every part of a blend says of the same candidates: one array per part, in input order. */
export interface ScoredParts {
  readonly scores: readonly (readonly (number | undefined)[])[];
  readonly notes: readonly Note[];
  readonly run: Run;
}

/**
 * Asks several scorers about the same candidates, at the same time, under one signal and deadline. One that fails fails
 * the whole: a blend without a part is another scale, which nobody asked for.
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
  const answers = await Promise.all(scorers.map(async (scorer) => await scorer.score(query, candidates, options)));
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
