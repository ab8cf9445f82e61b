import { couldNotBeScored } from '@secondpass/core';
import type { Note, Ranked, RerankOptions } from '@secondpass/core';

/**
 * A bare number is on the scale of what is written: that of the first score, logits being written as probabilities.
 * Where a later stage was to replace that score and could not, the number was not meant for it: it is a probability
 * then, which keeps what has none.
 * @param notes what the stages of the rerank noted
 */
export function threshold(
  minScore: number | RerankOptions['minScore'],
  results: readonly Ranked[],
  notes: readonly Note[],
): RerankOptions['minScore'] {
  if (typeof minScore !== 'number') return minScore;
  const first = results.find(({ score }) => score);
  const kind = first?.score?.kind;
  const isMeant =
    kind !== undefined && kind !== 'logit' && !couldNotBeScored(ofLast(results, notes))(first!.candidate.id);
  return { kind: isMeant ? kind : 'probability', value: minScore };
}

/**
 * Without the notes of those whose scores others have replaced: what an early stage could not score, a later one did.
 */
function ofLast(results: readonly Ranked[], notes: readonly Note[]): Note[] {
  const replaced = new Set(results.flatMap(({ earlier = [] }) => earlier.map(({ by }) => by)));
  return notes.filter(({ by }) => !replaced.has(by));
}
