import type { Candidate, Ranked, Ranking } from '../types.ts';
import { holds } from './law.ts';

/** What must hold of one ranking, whatever was asked: each function throws a sentence with the offending place. */
export function ownCandidates(ranking: Ranking, list: readonly Candidate[]): void {
  const seen = new Set<number>();
  for (const [place, { candidate, originalIndex }] of ranking.results.entries()) {
    holds(
      Number.isInteger(originalIndex) && originalIndex >= 0 && originalIndex < list.length,
      () => `result ${place} has originalIndex ${originalIndex} in a list of ${list.length}`,
    );
    holds(candidate === list[originalIndex], () => `result ${place} is not the object at index ${originalIndex}`);
    holds(!seen.has(originalIndex), () => `the candidate at index ${originalIndex} is returned twice`);
    seen.add(originalIndex);
  }
}

export function keepsAll(ranking: Ranking, list: readonly Candidate[]): void {
  const kept = new Set(ranking.results.map(({ originalIndex }) => originalIndex));
  const lost = list.findIndex((_, index) => !kept.has(index));
  holds(lost < 0, () => `${kept.size} of ${list.length} candidates came back; the one at index ${lost} is lost`);
}

/** Every pair of results that the same reranker placed: no later score is higher, and equal scores keep input order. */
export function neverRises({ results }: Ranking): void {
  forEachPair(results, (above, below) => {
    const [a, b] = [above.score?.value, below.score?.value];
    if (above.placedBy === undefined || a === undefined || b === undefined) return;
    holds(a >= b, () => `${above.placedBy} placed score ${b} below ${a}: scores rise down the list`);
  });
}

/**
 * Equal scores by the same reranker, and what nobody placed, stand in input order. What came to a later stage of a
 * cascade in another order (its `earlier` scores differ) keeps that one instead, which cannot be seen from outside.
 */
export function tiesKeepOrder({ results }: Ranking): void {
  forEachPair(results, (above, below) => {
    const sameWay = JSON.stringify(above.earlier) === JSON.stringify(below.earlier);
    const tied = sameWay && above.score !== undefined && above.score.value === below.score?.value;
    const untouched = above.placedBy === undefined;
    if (!tied && !untouched) return;
    const what = untouched ? 'nobody placed' : `${above.placedBy} scored ${above.score?.value}`;
    const [first, then] = [above.originalIndex, below.originalIndex];
    holds(first < then, () => `${what} the candidates at ${then} and ${first}: they must keep their input order`);
  });
}

function forEachPair(results: readonly Ranked[], check: (above: Ranked, below: Ranked) => void): void {
  for (const [place, above] of results.entries()) {
    for (const below of results.slice(place + 1)) if (above.placedBy === below.placedBy) check(above, below);
  }
}

export function scoresAreNamed({ results }: Ranking): void {
  for (const [place, { placedBy, score }] of results.entries()) {
    if (!score) continue;
    holds(Number.isFinite(score.value), () => `result ${place} has the score ${score.value}`);
    holds(score.by === placedBy, () => `result ${place} was placed by ${placedBy} and has a score by ${score.by}`);
    const fits = score.kind !== 'probability' || (score.value >= 0 && score.value <= 1);
    holds(fits, () => `result ${place} has the probability ${score.value}`);
  }
}

export function wellFormed(ranking: Ranking): void {
  for (const part of ['results', 'notes', 'runs'] as const) {
    holds(Array.isArray(ranking[part]), () => `${part} is no array but ${typeof ranking[part]}`);
  }
  for (const { code, by, message } of ranking.notes) {
    const texts = [code, by, message].every((text) => typeof text === 'string' && text !== '');
    holds(texts, () => `a note needs a code, a giver and a message: got ${JSON.stringify({ code, by, message })}`);
  }
  for (const { by, durationMs } of ranking.runs) {
    holds(typeof by === 'string' && by !== '' && durationMs >= 0, () => `a run needs a name and a time: got ${by}, ${durationMs}`); // prettier-ignore
  }
}

/** Same order, same placing, same scores; times and notes may differ. */
export function sameOrder(a: readonly Ranked[], b: readonly Ranked[], what: string): void {
  holds(shown(a) === shown(b), () => `${what}: ${shown(a)} against ${shown(b)}`);
}

const shown = (results: readonly Ranked[]): string =>
  JSON.stringify(
    results.map(({ originalIndex, placedBy, score, earlier }) => [originalIndex, placedBy, score, earlier]),
  );
