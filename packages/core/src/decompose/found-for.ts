import type { Pool } from '../fusion/pool.ts';
import type { FusedCandidate, Source } from '../search-types.ts';
import type { Candidate } from '../types.ts';

/**
 * What was found for a part, by its index (−1: for the question itself): the wordings it was asked in, and where in its
 * own list each found candidate stood, by the candidate itself: one id may be that of several.
 */
export type FoundFor = (
  part: number,
) => readonly { readonly question: string; readonly sources: ReadonlyMap<Candidate, Source> }[];

/**
 * Reads from provenance which fused candidates the pools of a part hold, wording by wording.
 * @param answerTo the answer to a part, where it is known: candidates are then scored against both, since the evidence
 *   for an answer is what holds it, and not what merely sounds like the question
 */
export function foundFor<C extends Candidate>(
  candidates: readonly FusedCandidate<C>[],
  poolsOf: (part: number) => readonly Pool<C>[],
  answerTo: (part: number) => string | undefined = () => undefined,
): FoundFor {
  return (part) =>
    poolsOf(part).map(({ name, question = '' }) => {
      const own = new Map<Candidate, Source>();
      for (const candidate of candidates) {
        const source = candidate.sources.find(({ pool }) => pool === name);
        if (source) own.set(candidate, source);
      }
      return { question: `${question} ${answerTo(part) ?? ''}`.trim(), sources: own };
    });
}
