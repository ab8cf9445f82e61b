import { checkOptionNames } from '../check.ts';
import type { Candidate, Note, Scorer } from '../types.ts';

export interface FirstStageOptions {
  /** Whose scores to read, where candidates come from several retrievers. Default: whoever scored most of the list. */
  readonly by?: string | undefined;
}

/**
 * A scorer that hands on the first-stage score each candidate brought along. A candidate without one gets none. Scores
 * of different retrievers do not compare: those of others than the chosen one are left out, with a `mixed-scores` note.
 */
export function firstStage(options?: FirstStageOptions): Scorer {
  checkOptionNames(options, ['by'], 'firstStage()');
  const name = options?.by === undefined ? 'first-stage' : `first-stage(${options.by})`;
  return {
    name,
    kind: 'retrieval',
    // Without a chosen retriever, whose scores count depends on the list.
    pointwise: options?.by !== undefined,
    async score(_query, candidates, callOptions) {
      callOptions?.signal?.throwIfAborted();
      const started = performance.now();
      const chosen = options?.by ?? mostFrequent(candidates);
      const scores = candidates.map(({ score }) => (score?.by === chosen ? score?.value : undefined));
      const others = candidates.filter(({ score }) => score && score.by !== chosen);
      const fact = `${others.length} first-stage score(s) are by others than ${chosen} and do not compare with its own`;
      const ids = others.map(({ id }) => id);
      const notes: Note[] =
        ids.length > 0 ? [{ code: 'mixed-scores', by: name, message: `${fact}; left out.`, ids }] : [];
      return { value: { scores }, notes, run: { by: name, durationMs: performance.now() - started } };
    },
  };
}

/** Who scored most candidates; of equals the first one met. */
function mostFrequent(candidates: readonly Candidate[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { score } of candidates) if (score) counts.set(score.by, (counts.get(score.by) ?? 0) + 1);
  let best: string | undefined;
  for (const [by, count] of counts) if (best === undefined || count > counts.get(best)!) best = by;
  return best;
}
