import { onAbort } from '../on-abort.ts';

/**
 * Settles as `work` does, or rejects with the signal’s reason as soon as it aborts, whether or not the work listens to
 * the signal. Work that is left behind goes on unheard: its late failure is no unhandled rejection.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await work;
  let off: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    const abandon = (): void => reject(signal.reason);
    if (signal.aborted) abandon();
    else off = onAbort(signal, abandon);
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    off?.();
  }
}
