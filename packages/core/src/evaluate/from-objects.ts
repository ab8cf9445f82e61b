import { SecondpassError } from '../errors.ts';
import type { Hit, Qrels, RankedRun } from './run.ts';

/**
 * A run from plain data: for each query its documents, best first.
 *
 * @example
 * runOf('bm25', { q1: ['d3', 'd1'], q2: [{ id: 'd2', score: 7.5 }] })
 * @throws SecondpassError `invalid-argument` if a query comes twice, a document stands twice in a list, or a score is
 *   not finite
 */
export function runOf(
  name: string,
  lists: Iterable<readonly [string, readonly (string | Hit)[]]> | Readonly<Record<string, readonly (string | Hit)[]>>,
): RankedRun {
  const out = new Map<string, readonly Hit[]>();
  for (const [query, list] of entriesOf(lists)) {
    if (out.has(query)) throw twoLists(name, query);
    const hits = list.map((hit) => (typeof hit === 'string' ? { id: hit } : hit));
    const seen = new Set<string>();
    for (const { id, score } of hits) {
      if (seen.has(id)) {
        throw new SecondpassError(
          'invalid-argument',
          `Run "${name}" holds document "${id}" twice for query "${query}"; keep its best place only.`,
        );
      }
      seen.add(id);
      if (score === undefined || Number.isFinite(score)) continue;
      throw new SecondpassError(
        'invalid-argument',
        `Run "${name}" scores "${id}" as ${score} for query "${query}"; leave the score out where there is none.`,
      );
    }
    out.set(query, hits);
  }
  return { name, lists: out, notes: [] };
}

/** The error for a query that a run answers twice. */
export function twoLists(run: string, query: string): SecondpassError {
  return new SecondpassError(
    'invalid-argument',
    `Run "${run}" has two lists for query "${query}"; a run has one for each.`,
  );
}

/**
 * Judgments from plain data: `qrelsOf({ q1: { d1: 2, d7: 1, d9: 0 } })`.
 * @throws SecondpassError `invalid-argument` if a query comes twice or a grade is not a finite number
 */
export function qrelsOf(
  grades:
    | Iterable<readonly [string, Readonly<Record<string, number>>]>
    | Readonly<Record<string, Readonly<Record<string, number>>>>,
): Qrels {
  const out = new Map<string, Map<string, number>>();
  for (const [query, judged] of entriesOf(grades)) {
    if (out.has(query)) {
      throw new SecondpassError(
        'invalid-argument',
        `There are two sets of judgments for query "${query}"; put them together.`,
      );
    }
    for (const [id, grade] of Object.entries(judged)) {
      if (Number.isFinite(grade)) continue;
      throw new SecondpassError(
        'invalid-argument',
        `The grade of "${id}" for query "${query}" is ${grade}; it must be a finite number.`,
      );
    }
    out.set(query, new Map(Object.entries(judged)));
  }
  return out;
}

function entriesOf<T>(
  given: Iterable<readonly [string, T]> | Readonly<Record<string, T>>,
): Iterable<readonly [string, T]> {
  return Symbol.iterator in given ? (given as Iterable<readonly [string, T]>) : Object.entries(given);
}
