// Longer than most files: every check that all rooms share stands here once, so that messages agree.
import { SecondpassError } from './errors.ts';
import type { CallOptions, Candidate, Content, Note, RerankEvent, RerankOptions, Score, ScoreKind } from './types.ts';

const scoreKinds: readonly ScoreKind[] = ['logit', 'probability', 'similarity', 'retrieval', 'fused'];
const callOptionNames = ['signal', 'deadline', 'onEvent'] as const;
/** Options of every `rerank`. */
export const rerankOptionNames: readonly string[] = [...callOptionNames, 'topK', 'minScore'];

/**
 * Refuses options nobody reads, so that a typing mistake is an error and not a silently ignored wish.
 * @param where what the options were given to, for the message: `rerank()`
 * @throws SecondpassError `invalid-argument`, naming the nearest known option
 */
export function checkOptionNames(options: object | undefined, known: readonly string[], where: string): void {
  if (options !== undefined && options !== null && typeof options !== 'object') {
    throw new SecondpassError('invalid-argument', `${where} takes its options as an object, not as ${typeof options}.`);
  }
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

/** A value for a message: text in quotes, so that `"2"` is not read as 2, and an object as JSON. */
function shown(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'object') return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return 'an object';
  }
}

/** Refuses an integer option outside its range. `undefined` passes: the default stands. */
export function checkInteger(name: string, value: number | undefined, minimum: number): void {
  if (value !== undefined) requireInteger(name, value, minimum);
}

/** Like `checkInteger`, for an argument that has no default: `undefined` is refused too. */
export function requireInteger(name: string, value: number, minimum: number): void {
  if (Number.isInteger(value) && value >= minimum) return;
  const fact = `${name} is ${shown(value)}; it must be an integer of at least ${minimum}.`;
  throw new SecondpassError('invalid-argument', fact);
}

/** Refuses a number option that is not finite or outside its range, ends included. `undefined` passes. */
export function checkNumber(
  name: string,
  value: number | undefined,
  minimum: number = -Infinity,
  maximum: number = Infinity,
): void {
  if (value !== undefined) requireNumber(name, value, minimum, maximum);
}

/** Like `checkNumber`, for an argument that has no default: `undefined` is refused too. */
export function requireNumber(
  name: string,
  value: number,
  minimum: number = -Infinity,
  maximum: number = Infinity,
): void {
  if (Number.isFinite(value) && value >= minimum && value <= maximum) return;
  const least = minimum === -Infinity ? 'a finite number' : `a finite number of at least ${minimum}`;
  const range = maximum === Infinity ? least : `between ${minimum} and ${maximum}`;
  throw new SecondpassError('invalid-argument', `${name} is ${shown(value)}; it must be ${range}.`);
}

/** Checks what every `rerank` is given, before any work: option names and ranges, the signal, the shape of candidates. */
export function checkRerankCall(
  candidates: readonly Candidate[],
  options: RerankOptions | undefined,
  by: string,
): void {
  checkOptionNames(options, rerankOptionNames, `${by}.rerank()`);
  checkInteger('topK', options?.topK, 0);
  checkMinScore(options?.minScore);
  checkCallOptions(options);
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
    checkFirstStageScore(candidate.score, index);
  }
}

/** Refuses a first-stage score of another shape: nobody would read it, and nobody would be told. */
function checkFirstStageScore(score: Score | null | undefined, index: number): void {
  if (score === undefined || score === null) return;
  if (Number.isFinite(score.value) && scoreKinds.includes(score.kind)) return;
  const way = `write { value: 7.1, kind: 'retrieval', by: 'bm25' }; kinds are ${scoreKinds.join(', ')}`;
  throw new SecondpassError('invalid-argument', `Candidate ${index} has the score ${shown(score)}; ${way}.`);
}

/**
 * Refuses a threshold that is not `{ kind, value }` with a known kind and a finite value. `undefined` passes: keep all.
 * @throws SecondpassError `invalid-argument`
 */
export function checkMinScore(minScore: RerankOptions['minScore']): void {
  if (minScore === undefined) return;
  if (typeof minScore !== 'object' || minScore === null) {
    const way = 'pass { kind, value }, for instance { kind: "probability", value: 0.5 }.';
    throw new SecondpassError('invalid-argument', `minScore is ${String(minScore)}; ${way}`);
  }
  checkOptionNames(minScore, ['kind', 'value'], 'minScore');
  requireScoreKind('minScore.kind', minScore.kind);
  requireNumber('minScore.value', minScore.value);
}

/** Refuses what is no kind of score. `undefined` is refused too. */
export function requireScoreKind(name: string, kind: ScoreKind): void {
  if (scoreKinds.includes(kind)) return;
  throw new SecondpassError('invalid-argument', `${name} is "${String(kind)}"; known: ${scoreKinds.join(', ')}.`);
}

/** Refuses a signal, deadline or observer of the wrong type. */
export function checkCallOptions(options: CallOptions | undefined): void {
  const { signal, deadline, onEvent } = options ?? {};
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') {
    throw new SecondpassError('invalid-argument', 'signal must be an AbortSignal, as an AbortController has one.');
  }
  if (deadline !== undefined && !(typeof deadline === 'number' && !Number.isNaN(deadline))) {
    const way = 'it must be a time in Date.now() milliseconds.';
    throw new SecondpassError('invalid-argument', `deadline is ${String(deadline)}; ${way}`);
  }
  if (onEvent !== undefined && typeof onEvent !== 'function') {
    throw new SecondpassError('invalid-argument', `onEvent must be a function, not ${typeof onEvent}.`);
  }
}

/** True without a single visible character: white space, control characters and marks of no width (U+200B) are none. */
export function isBlank(text: string): boolean {
  return !/[^\s\p{Cc}\p{Cf}]/u.test(text);
}

/** Refuses a query without a single visible character: there is nothing to compare candidates with. */
export function checkQuery(query: Content, by: string): void {
  if (typeof query !== 'string' && !Array.isArray(query)) {
    const fact = `The query given to ${by} must be text or parts, not ${query === null ? 'null' : typeof query}.`;
    throw new SecondpassError('invalid-argument', fact);
  }
  const empty =
    typeof query === 'string' ? isBlank(query) : query.every((part) => part.type === 'text' && isBlank(part.text));
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

/** Tells the observer of a call. */
export function emit(options: CallOptions | undefined, event: RerankEvent): void {
  tell(options?.onEvent, event);
}

/** Tells an observer, if there is one. What it throws or rejects with is ignored: it may watch, not steer. */
export function tell<T>(observer: ((value: T) => unknown) | undefined, value: T): void {
  try {
    const returned = observer?.(value);
    if (returned instanceof Promise) returned.catch(() => {});
  } catch {
    // Observers may not steer.
  }
}

/** Throws `invalid-score` for a number that is no score. `by` is the scorer's name. */
export function checkScore(value: number, index: number, by: string): void {
  if (Number.isFinite(value)) return;
  throw new SecondpassError(
    'invalid-score',
    `${by} scored candidate ${index} as ${shown(value)}; a score is a finite number, or undefined for "could not say".`,
  );
}

/** A score as a short text for messages. */
export function describeScore(score: Score): string {
  return `${score.value} (${score.kind} by ${score.by})`;
}
