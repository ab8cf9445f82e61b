import { onAbort, SecondpassError } from '@secondpass/core';

export interface Limits {
  readonly signal?: AbortSignal | undefined;
  /** Absolute, in `Date.now()` milliseconds. */
  readonly deadline?: number | undefined;
}

/** How long work may take to say in its own words that it was aborted: clients have their own error for that. */
const graceMs = 50;

/**
 * Runs work that may take no longer than the deadline and ends when the signal is aborted, whether or not the work
 * heeds either. The work is given a signal of its own that is aborted in both cases.
 * @param what for the message: `the search`
 * @param afterMs how long beyond the deadline the work may still answer, if it heeds the deadline by itself. Default 0
 * @throws SecondpassError `timed-out` at the deadline; the signal's reason when it is aborted
 */
export async function within<T>(
  what: string,
  { signal, deadline }: Limits,
  work: (signal: AbortSignal | undefined) => Promise<T>,
  afterMs: number = 0,
): Promise<T> {
  signal?.throwIfAborted();
  if (deadline === undefined && signal === undefined) return work(undefined);
  const left = deadline === undefined ? undefined : deadline - Date.now();
  if (left !== undefined && left <= 0) throw late(what);
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let grace: ReturnType<typeof setTimeout> | undefined;
  let off: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    const end = (reason: unknown): void => {
      reject(reason as Error);
      controller.abort(reason);
    };
    // A timer cannot hold more than 2^31 - 1 milliseconds; nobody waits for 24 days.
    if (left !== undefined) timer = setTimeout(() => end(late(what)), Math.min(left + afterMs, 2 ** 31 - 1));
    off = onAbort(signal, () => {
      controller.abort(signal!.reason);
      grace = setTimeout(() => reject(signal!.reason as Error), graceMs);
    });
  });
  try {
    const working = work(controller.signal);
    working.catch(() => {}); // Whoever loses the race has nobody left to tell.
    return await Promise.race([working, ended]);
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    off?.();
  }
}

function late(what: string): SecondpassError {
  return new SecondpassError('timed-out', `The deadline passed during ${what}; give it more time with timeoutMs.`);
}
