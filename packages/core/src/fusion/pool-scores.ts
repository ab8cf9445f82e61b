import { SecondpassError } from '../errors.ts';
import type { Candidate, Note } from '../types.ts';
import type { Entry } from './collect.ts';
import { normalisers } from '../maths/normalisers.ts';
import type { Pool } from './pool.ts';

/** The entries of a pool that have a score, and their scores; ranks where none has one. */
export function scoresOf<C extends Candidate>(
  pool: Pool<C>,
  list: readonly Entry<C>[],
  at: number,
  by: string,
  raw: boolean,
): { readonly scored: readonly Entry<C>[]; readonly scores: readonly number[]; readonly note?: Note } {
  const scoreOf = (entry: Entry<C>) => entry.places.find((place) => place.pool === at)?.score;
  const scored = list.filter((entry) => scoreOf(entry) !== undefined);
  if (list.length > 0 && scored.length === 0) {
    if (raw) {
      throw new SecondpassError(
        'invalid-argument',
        `${by} sums scores as they are, and pool "${pool.name}" has none. Choose a normaliser (its ranks are used then), or a fusion by rank.`,
      );
    }
    const message = `Pool "${pool.name}" has no scores; its ranks stand in for them.`;
    return {
      scored: list,
      scores: normalisers.rank(list.map(() => 0)).values,
      note: { code: 'unscored', by, message },
    };
  }
  const first = scored[0] && scoreOf(scored[0])!;
  const other = scored.map((entry) => scoreOf(entry)!).find((s) => s.kind !== first!.kind || s.by !== first!.by);
  if (other) {
    throw new SecondpassError(
      'invalid-argument',
      `Pool "${pool.name}" mixes scores of ${first!.by} (${first!.kind}) and ${other.by} (${other.kind}), which do not compare. Make one pool of each, or fuse by rank.`,
    );
  }
  const scores = scored.map((entry) => scoreOf(entry)!.value);
  const ids = list.filter((entry) => scoreOf(entry) === undefined).map(({ origin }) => origin.id);
  if (ids.length > 0) {
    const message = `${ids.length} candidate(s) of pool "${pool.name}" have no score; it says nothing of them.`;
    return { scored, scores, note: { code: 'unscored', by, message, ids } };
  }
  if (scores.some((score, index) => index > 0 && score > scores[index - 1]!)) {
    const message = `The scores of pool "${pool.name}" rise down its list: if they are distances, negate them.`;
    return { scored, scores, note: { code: 'rising-scores', by, message } };
  }
  return { scored, scores };
}
