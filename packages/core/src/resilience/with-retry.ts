import { checkInteger, checkNumber, checkOptionNames, checkRerankCall } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { SecondpassError } from '../errors.ts';
import type { Note, Reranker, Run } from '../types.ts';
import { pause } from './timer.ts';

export interface RetryOptions {
  /** How often it is tried in all, at least 1. Default 3. */
  readonly attempts?: number | undefined;
  /** The longest first pause in milliseconds; it doubles with every further one. Default 200. */
  readonly baseDelayMs?: number | undefined;
  /** No pause is longer, in milliseconds. Who asks us to wait longer is not asked again. Default 10 000. */
  readonly maxDelayMs?: number | undefined;
  /** Whether an error may go away by itself. Default: `SecondpassError`s that say so of themselves, nothing else. */
  readonly retryable?: ((error: unknown) => boolean) | undefined;
  /** A source of numbers in [0, 1) for the jitter; a seeded one makes tests repeatable. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

const optionNames = ['attempts', 'baseDelayMs', 'maxDelayMs', 'retryable', 'random'];
const saysSoItself = (error: unknown): boolean => SecondpassError.isInstance(error) && error.retryable;

/**
 * Tries again when a reranker fails in a way that may pass: a rate limit, an overload, a lost connection. Pauses grow
 * exponentially with full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015); an error
 * with `retryAfterMs` is waited for at least that long. It stops at the caller's abort, and at once with the last error
 * when the next pause would end after the deadline. Failed tries stand in `runs`, with a `retried` note.
 */
export function withRetry(reranker: Reranker, options?: RetryOptions): Reranker {
  checkRole(reranker, 'rerank', 'withRetry()');
  checkOptionNames(options, optionNames, 'withRetry()');
  checkInteger('attempts', options?.attempts, 1);
  checkNumber('baseDelayMs', options?.baseDelayMs, 0);
  checkNumber('maxDelayMs', options?.maxDelayMs, 0);
  const { attempts = 3, baseDelayMs = 200, maxDelayMs = 10_000 } = options ?? {};
  const { retryable = saysSoItself, random = Math.random } = options ?? {};
  const name = `withRetry(${reranker.name}, ${attempts})`;

  /** Milliseconds until the next try; undefined if there should be none. */
  function nextPause(error: unknown, tries: number): number | undefined {
    if (tries >= attempts || !retryable(error)) return undefined;
    const asked = SecondpassError.isInstance(error) ? error.retryAfterMs : undefined;
    if (asked === undefined) return random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (tries - 1));
    return asked > maxDelayMs ? undefined : Math.min(maxDelayMs, asked + random() * baseDelayMs);
  }

  return {
    name,
    async rerank(query, candidates, options) {
      checkRerankCall(candidates, options, name);
      const failed: Run[] = [];
      for (let cause: unknown; ;) {
        const started = performance.now();
        try {
          const ranking = await reranker.rerank(query, candidates, options);
          if (failed.length === 0) return ranking;
          const message = `${reranker.name} answered after ${failed.length} failed attempt(s).`;
          const note: Note = { code: 'retried', by: reranker.name, message, cause };
          return { ...ranking, notes: [note, ...ranking.notes], runs: [...failed, ...ranking.runs] };
        } catch (error) {
          options?.signal?.throwIfAborted();
          failed.push({ by: reranker.name, durationMs: performance.now() - started });
          const wait = nextPause(error, failed.length);
          if (wait === undefined || Date.now() + wait >= (options?.deadline ?? Infinity)) throw error;
          cause = error;
          await pause(wait, options?.signal);
        }
      }
    },
  };
}
