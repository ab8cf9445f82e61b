import { createHash } from 'node:crypto';
import type { RankedRun } from '@secondpass/core/evaluate';

/**
 * A short text that changes when anything does that a model is shown: the hits down to `deepest` with their order and
 * their scores, which some models read, the questions and the texts.
 */
export function fingerprintOf(
  first: RankedRun,
  deepest: number,
  queries: ReadonlyMap<string, string>,
  texts: ReadonlyMap<string, string>,
): string {
  const hash = createHash('sha256');
  for (const [query, hits] of first.lists) {
    hash.update(JSON.stringify([query, queries.get(query) ?? null]));
    for (const { id, score } of hits.slice(0, deepest)) {
      hash.update(JSON.stringify([id, score ?? null, texts.get(id) ?? null]));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
