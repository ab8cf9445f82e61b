import type { Note } from '../types.ts';
import type { Qrels } from './run.ts';

/**
 * What a reader of means must know: judged queries without an answer, answers without judgments, queries without a
 * relevant document.
 */
export function coverageNotes(
  qrels: Qrels,
  answered: ReadonlyMap<string, unknown>,
  strangers: number,
  average: string,
  by: string,
): Note[] {
  const notes: Note[] = [];
  const missing = [...qrels.keys()].filter((query) => !answered.has(query));
  if (missing.length > 0) {
    const how = average === 'judged' ? 'count as 0' : 'are left out of the mean';
    notes.push({
      code: 'unanswered-query',
      by,
      message: `${missing.length} judged query(ies), "${missing[0]}" among them, are not in the run and ${how}.`,
      ids: missing,
    });
  }
  if (strangers > 0)
    notes.push({
      code: 'unjudged-query',
      by,
      message: `${strangers} query(ies) of the run have no judgments and are passed over.`,
    });
  const hopeless = [...qrels]
    .filter(([, grades]) => ![...grades.values()].some((grade) => grade > 0))
    .map(([query]) => query);
  if (hopeless.length > 0) {
    notes.push({
      code: 'nothing-relevant',
      by,
      message: `${hopeless.length} judged query(ies), "${hopeless[0]}" among them, have no relevant document; every measure of relevance is 0 there.`,
      ids: hopeless,
    });
  }
  return notes;
}
