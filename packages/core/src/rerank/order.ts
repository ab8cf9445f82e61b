// The one file in which scores become an order: sorting, ties, missing scores, NaN, topK and minScore live here only.
import { checkScore, describeScore } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import { namedBy } from '../named-by.ts';
import type { Candidate, Note, Ranked, RerankOptions, Score, Scored, ScoreKind } from '../types.ts';
import { reaches } from './score-kind.ts';
import { unscoredReasons } from './unscored-reasons.ts';

/** Notes that say that a candidate could not be scored, or that a whole stage failed. */
const excuses: ReadonlySet<Note['code']> = new Set([...unscoredReasons, 'fell-back']);

/** By what stages noted, whether a candidate could not be scored by one of them. Whoever fell back scored none. */
export function couldNotBeScored(notes: readonly Note[]): (id: string) => boolean {
  return namedBy(notes, excuses);
}

/**
 * The score of a result, where it compares with that of the first result that has one: of the same giver and kind. What a
 * later stage could not score keeps an earlier one's score, which says nothing beside the others: `undefined` here.
 */
export function comparableScore(results: readonly Ranked[]): (result: Ranked) => Score | undefined {
  const first = results.find(({ score }) => score)?.score;
  return ({ score }) => (score?.by === first?.by && score?.kind === first?.kind ? score : undefined);
}

/** Candidates as they came in: nobody placed them, nobody scored them. */
export function unplaced<C extends Candidate>(candidates: readonly C[]): Ranked<C>[] {
  return candidates.map((candidate, originalIndex) => ({ candidate, originalIndex }));
}

/**
 * Highest score first; equal scores keep their input order; candidates without a score stand below, in input order and
 * unplaced, since missing is not zero.
 * @throws SecondpassError `invalid-score` if a score is not finite or their number is not that of the candidates
 */
export function rankByScore<C extends Candidate>(
  candidates: readonly C[],
  { scores, details }: Scored,
  { by, kind }: { readonly by: string; readonly kind: ScoreKind },
): Ranked<C>[] {
  if (scores.length !== candidates.length) {
    throw new SecondpassError(
      'invalid-score',
      `${by} gave ${scores.length} score(s) for ${candidates.length} candidate(s).`,
    );
  }
  const scored: Ranked<C>[] = [];
  const unscored: Ranked<C>[] = [];
  for (const [originalIndex, candidate] of candidates.entries()) {
    const value = scores[originalIndex];
    if (value === undefined) {
      unscored.push({ candidate, originalIndex });
      continue;
    }
    checkScore(value, originalIndex, by);
    // Whole literals, not spreads: there may be 100,000 of them, and these take half of the memory.
    const score: Score = { value, kind, by };
    const detail = details?.[originalIndex];
    scored.push(
      detail
        ? { candidate, originalIndex, placedBy: by, score, detail }
        : { candidate, originalIndex, placedBy: by, score },
    );
  }
  scored.sort((a, b) => b.score!.value - a.score!.value || a.originalIndex - b.originalIndex);
  return [...scored, ...unscored];
}

/**
 * Applies `minScore`, then `topK`, to a finished order. Results without a score are kept, with a note: they were not
 * scored *below* the threshold. So are those that kept an earlier stage's score, of a kind that does not compare, because
 * a later stage could not score them or failed. The threshold is inclusive; logits and probabilities convert into each other.
 * @param said what the stages noted: by it a score that could not be had is told from one that nobody asked for
 * @throws SecondpassError `invalid-argument` if a score's kind cannot be compared with the threshold's
 */
export function keep<C extends Candidate>(
  results: readonly Ranked<C>[],
  options: Pick<RerankOptions, 'topK' | 'minScore'> | undefined,
  by: string,
  said: readonly Note[],
): { readonly results: readonly Ranked<C>[]; readonly notes: readonly Note[] } {
  const { topK, minScore } = options ?? {};
  let kept = results;
  const notes: Note[] = [];
  if (minScore) {
    const isExcused = couldNotBeScored(said);
    kept = results.filter(({ score, candidate }) => {
      if (!score) return true;
      const isReached = reaches(score, minScore);
      if (isReached !== undefined) return isReached;
      if (isExcused(candidate.id)) return true;
      throw new SecondpassError(
        'invalid-argument',
        `minScore asks for a ${minScore.kind} and ${by} returned the score ${describeScore(score)}, which does not convert. ` +
          `Ask for a ${score.kind}, or drop what an earlier stage scored with cut() before this one.`,
      );
    });
  }
  if (topK !== undefined) kept = kept.slice(0, topK);
  const unscored = minScore ? kept.filter(({ score }) => !score || reaches(score, minScore) === undefined) : [];
  if (unscored.length > 0) {
    const message = `${unscored.length} result(s) have no ${minScore!.kind} and were kept although minScore is set.`;
    notes.push({ code: 'unscored', by, message, ids: unscored.map(({ candidate }) => candidate.id) });
  }
  return { results: kept, notes };
}
