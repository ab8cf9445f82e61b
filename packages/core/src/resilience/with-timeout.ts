import { checkNumber, checkOptionNames, checkRerankCall, requireNumber } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { SecondpassError } from '../errors.ts';
import type { Reranker } from '../types.ts';
import { childSignal } from './child-signal.ts';
import { afterDelay } from './timer.ts';
import { untilAborted } from './until-aborted.ts';

export interface TimeoutOptions {
  /**
   * How long after the deadline a reranker may still answer with what it has, in milliseconds, before it is abandoned.
   * Default 100: about one batch. Where the caller's own deadline is the earlier one it is half of that, so that a
   * fallback inside an outer timeout still gets its turn.
   */
  readonly graceMs?: number | undefined;
}

/**
 * Bounds a reranker in time. It is told an absolute deadline, `ms` milliseconds from the call or the caller's if that is
 * sooner, and may return what it has by then, with a note. One that does not is abandoned shortly after: its signal
 * aborts and the call rejects with `timed-out`. Never fatal together with `withFallback`:
 *
 * @example
 * withFallback(withTimeout(byScore(crossEncoder), 300), inputOrder)
 * @param ms milliseconds, at least 1
 */
export function withTimeout(reranker: Reranker, ms: number, options?: TimeoutOptions): Reranker {
  checkRole(reranker, 'rerank', 'withTimeout()');
  requireNumber('withTimeout(ms)', ms, 1);
  checkOptionNames(options, ['graceMs'], 'withTimeout()');
  checkNumber('graceMs', options?.graceMs, 0);
  const graceMs = options?.graceMs ?? 100;
  const name = `withTimeout(${reranker.name}, ${ms})`;
  return {
    name,
    async rerank(query, candidates, options) {
      checkRerankCall(candidates, options, name);
      const started = Date.now();
      const callers = options?.deadline ?? Infinity;
      const deadline = Math.min(started + ms, callers);
      const patience = deadline - started + (callers < started + ms ? graceMs / 2 : graceMs);
      const child = childSignal(options?.signal);
      const cancel = afterDelay(patience, () => {
        const fact = `${reranker.name} gave no answer for ${candidates.length} candidate(s) in ${Date.now() - started} ms`;
        child.abort(new SecondpassError('timed-out', `${fact}; send fewer, allow more time, or add withFallback().`));
      });
      try {
        const work = reranker.rerank(query, candidates, { ...options, deadline, signal: child.signal });
        return await untilAborted(work, child.signal);
      } finally {
        cancel();
        child.release();
      }
    },
  };
}
