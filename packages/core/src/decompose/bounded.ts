import { SecondpassError } from '../errors.ts';
import { onAbort } from '../on-abort.ts';
import type { CallOptions } from '../types.ts';

/**
 * Runs a call that may hang. It gets a signal that fires when the caller aborts or the time is up, and is not waited
 * for beyond that, whether it listens or not.
 * @param timeoutMs at most this long, and never beyond `options.deadline`
 * @throws the signal's reason if the caller aborts; SecondpassError `timed-out` if the time is up
 */
export async function bounded<T>(
  what: string,
  call: (options: CallOptions) => Promise<T>,
  options: CallOptions | undefined,
  timeoutMs: number = Infinity,
): Promise<T> {
  options?.signal?.throwIfAborted();
  const left = Math.min(timeoutMs, (options?.deadline ?? Infinity) - Date.now());
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let off: (() => void) | undefined;
  try {
    return await Promise.race([
      // Wrapped, so that what throws at once rejects like the rest.
      (async () => {
        if (left <= 0) throw new SecondpassError('timed-out', `The deadline had passed before ${what} could begin.`);
        return await call({ ...options, signal: controller.signal });
      })(),
      new Promise<never>((_, reject) => {
        off = onAbort(options?.signal, () => {
          reject(options!.signal!.reason);
          controller.abort(options!.signal!.reason);
        });
        // Timers hold 31 bits; a deadline beyond 24 days is none.
        if (left <= 0 || left > 2 ** 31 - 1) return;
        timer = setTimeout(() => {
          const error = new SecondpassError('timed-out', `${what} did not answer within ${Math.round(left)} ms.`);
          reject(error);
          controller.abort(error);
        }, left);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    off?.();
  }
}
