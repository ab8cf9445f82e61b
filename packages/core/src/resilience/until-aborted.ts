/**
 * Settles as `work` does, or rejects with the signal’s reason as soon as it aborts, whether or not the work listens to
 * the signal. Work that is left behind goes on unheard: its late failure is no unhandled rejection.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await work;
  let abandon: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abandon = () => reject(signal.reason);
    if (signal.aborted) abandon();
    else signal.addEventListener('abort', abandon, { once: true });
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    if (abandon) signal.removeEventListener('abort', abandon);
  }
}
