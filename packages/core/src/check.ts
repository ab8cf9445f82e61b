import { SecondpassError } from './errors.ts';
import type { CallOptions, Candidate, Content, Note, RerankEvent, RerankOptions, Score } from './types.ts';

const callOptionNames = ['signal', 'deadline', 'onEvent'] as const;
const rerankOptionNames = [...callOptionNames, 'topK', 'minScore'] as const;

/**
 * Refuses options nobody reads, so that a typing mistake is an error and not a silently ignored wish.
 * @param where what the options were given to, for the message: `rerank()`
 * @throws SecondpassError `invalid-argument`, naming the nearest known option
 */
export function checkOptionNames(options: object | undefined, known: readonly string[], where: string): void {
  for (const name of Object.keys(options ?? {})) {
    if (known.includes(name)) continue;
    const folded = name.toLowerCase();
    const near = known.find((other) => other.toLowerCase() === folded || editedOnce(other.toLowerCase(), folded));
    const way = near ? `did you mean "${near}"?` : `known: ${known.join(', ')}.`;
    throw new SecondpassError('invalid-argument', `${where} has no option "${name}": ${way}`);
  }
}

/** True if two names differ by one inserted, dropped or changed letter. */
function editedOnce(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return Math.max(a.length, b.length) - start - end <= 1;
}

/** Refuses an integer option outside its range. `undefined` passes: the default stands. */
export function checkInteger(name: string, value: number | undefined, minimum: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= minimum)) return;
  throw new SecondpassError(
    'invalid-argument',
    `${name} is ${String(value)}; it must be an integer of at least ${minimum}.`,
  );
}

/** Refuses a number option that is not finite or below its minimum. `undefined` passes. */
export function checkNumber(name: string, value: number | undefined, minimum: number = -Infinity, maximum: number = Infinity): void {
  if (value === undefined || (Number.isFinite(value) && value >= minimum && value <= maximum)) return;
  const range = maximum === Infinity ? `a finite number of at least ${minimum}` : `between ${minimum} and ${maximum}`;
  throw new SecondpassError('invalid-argument', `${name} is ${String(value)}; it must be ${range}.`);
}

/** Checks what every `rerank` is given, before any work: option names and ranges, the signal, the shape of candidates. */
export function checkRerankCall(
  candidates: readonly Candidate[],
  options: RerankOptions | undefined,
  by: string,
): void {
  checkOptionNames(options, rerankOptionNames, `${by}.rerank()`);
  checkInteger('topK', options?.topK, 0);
  checkNumber('minScore.value', options?.minScore?.value);
  options?.signal?.throwIfAborted();
  if (!Array.isArray(candidates)) {
    throw new SecondpassError(
      'invalid-argument',
      `${by}.rerank() takes an array of candidates, not ${typeof candidates}.`,
    );
  }
  for (const [index, candidate] of candidates.entries()) {
    const content: unknown = candidate?.content;
    if (typeof candidate?.id !== 'string' || !(typeof content === 'string' || Array.isArray(content))) {
      throw new SecondpassError(
        'invalid-argument',
        `Candidate ${index} needs an "id" (string) and a "content" (string or parts): got id ${typeof candidate?.id}, content ${typeof content}.`,
      );
    }
  }
}

/** Refuses a query without a single visible character: there is nothing to compare candidates with. */
export function checkQuery(query: Content, by: string): void {
  const empty =
    typeof query === 'string'
      ? query.trim() === ''
      : query.every((part) => part.type === 'text' && part.text.trim() === '');
  if (empty)
    throw new SecondpassError('invalid-argument', `The query given to ${by} is empty; pass the question as text.`);
}

/** A note when the same id stands more than once in a list. Both are kept: only fusion merges by id. */
export function duplicateIdNotes(candidates: readonly Candidate[], by: string): Note[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { id } of candidates) (seen.has(id) ? twice : seen).add(id);
  if (twice.size === 0) return [];
  const ids = [...twice];
  return [
    {
      code: 'duplicate-id',
      by,
      message: `${ids.length} id(s) occur more than once in the list, "${ids[0]}" among them; all are kept.`,
      ids,
    },
  ];
}

/** The part of the options that travels down through every layer unchanged. */
export function passDown(options: CallOptions | undefined): CallOptions {
  return { signal: options?.signal, deadline: options?.deadline, onEvent: options?.onEvent };
}

/** Tells the observer. What it throws is ignored: it may watch, not steer. */
export function emit(options: CallOptions | undefined, event: RerankEvent): void {
  try {
    options?.onEvent?.(event);
  } catch {
    // Observers may not steer.
  }
}

/** Throws `invalid-score` for a number that is no score. `by` is the scorer's name. */
export function checkScore(value: number, index: number, by: string): void {
  if (Number.isFinite(value)) return;
  throw new SecondpassError(
    'invalid-score',
    `${by} scored candidate ${index} as ${String(value)}; a score is a finite number, or undefined for "could not say".`,
  );
}

/** A score as a short text for messages. */
export function describeScore(score: Score): string {
  return `${score.value} (${score.kind} by ${score.by})`;
}
