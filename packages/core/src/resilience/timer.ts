import { onAbort } from '../on-abort.ts';

/** The longest delay that `setTimeout` takes; beyond it Node fires at once. */
const longestDelay = 2 ** 31 - 1;

/**
 * Runs something after `ms` milliseconds (at once in the next turn for 0 or less) unless cancelled before. A delay of
 * more than 24 days, or infinity, never comes.
 * @returns cancels it; may be called more than once, and afterwards
 */
export function afterDelay(ms: number, run: () => void): () => void {
  if (!(ms <= longestDelay)) return () => {};
  const timer = setTimeout(run, Math.max(0, ms));
  return () => clearTimeout(timer);
}

/** Waits `ms` milliseconds, or rejects with the signal's reason as soon as it aborts. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const cancel = afterDelay(ms, () => {
      off();
      resolve();
    });
    const off = onAbort(signal, () => {
      cancel();
      reject(signal?.reason);
    });
  });
}
