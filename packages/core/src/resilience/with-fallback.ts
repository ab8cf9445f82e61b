import { checkRerankCall } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { SecondpassError } from '../errors.ts';
import type { Note, Reranker, Run } from '../types.ts';

/**
 * Tries rerankers in turn until one answers. What failed before it is told in a `fell-back` note with its cause, and its
 * time stands in `runs`. Two things are no reason to try the next one and reject: the caller's abort, and a call that is
 * wrong for the first (`invalid-argument`). What a later one refuses, such as a `minScore` of a kind that it does not give, is
 * a failure of that one alone. `inputOrder` as the last one makes a stage that cannot fail.
 * @throws SecondpassError `failed` if all fail; its cause is an `AggregateError` of theirs, in order
 */
export function withFallback(primary: Reranker, ...others: readonly Reranker[]): Reranker {
  const all = [primary, ...others];
  if (others.length === 0) {
    throw new SecondpassError(
      'invalid-argument',
      'withFallback() has nothing to fall back to: pass a second reranker.',
    );
  }
  for (const reranker of all) checkRole(reranker, 'rerank', 'withFallback()');
  const names = all.map((reranker) => reranker.name).join(', ');
  const name = `withFallback(${names})`;
  return {
    name,
    async rerank(query, candidates, options) {
      checkRerankCall(candidates, options, name);
      const errors: unknown[] = [];
      const notes: Note[] = [];
      const runs: Run[] = [];
      for (const [index, reranker] of all.entries()) {
        const started = performance.now();
        try {
          const ranking = await reranker.rerank(query, candidates, options);
          return { ...ranking, notes: [...notes, ...ranking.notes], runs: [...runs, ...ranking.runs] };
        } catch (error) {
          options?.signal?.throwIfAborted();
          if (index === 0 && SecondpassError.isInstance(error) && error.code === 'invalid-argument') throw error;
          errors.push(error);
          const next = all[index + 1]?.name ?? 'nothing';
          const message = `${reranker.name} failed (${messageOf(error)}); ${next} was tried next.`;
          notes.push({ code: 'fell-back', by: reranker.name, message, cause: error });
          runs.push({ by: reranker.name, durationMs: performance.now() - started });
        }
      }
      throw new SecondpassError('failed', `All of ${names} failed; the last said: ${messageOf(errors.at(-1))}`, {
        cause: new AggregateError(errors, `${errors.length} rerankers failed`),
        retryable: errors.some((error) => SecondpassError.isInstance(error) && error.retryable),
      });
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
