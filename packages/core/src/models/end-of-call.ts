import { onAbort } from '../on-abort.ts';

/** Waits for the first thing that ends a call early. */
export interface EndOfCall {
  /** Resolves at the deadline, rejects with the signal's reason at an abort; else stays pending. */
  readonly reached: Promise<'late'>;
  forget(): void;
}

/** The longest that a timer can wait. */
const longest = 2 ** 31 - 1;

export function endOfCall(signals: readonly (AbortSignal | undefined)[], deadline: number | undefined): EndOfCall {
  const off: (() => void)[] = [];
  const reached = new Promise<'late'>((resolve, reject) => {
    for (const signal of signals) {
      if (!signal) continue;
      const abort = (): void => reject(signal.reason);
      if (signal.aborted) abort();
      off.push(onAbort(signal, abort));
    }
    if (deadline === undefined) return;
    const wait = Math.min(longest, Math.max(0, deadline - Date.now()));
    const timer = setTimeout(() => resolve('late'), wait);
    off.push(() => clearTimeout(timer));
  });
  reached.catch(() => {});
  return {
    reached,
    forget() {
      for (const stop of off) stop();
    },
  };
}
