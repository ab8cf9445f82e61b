import { setTimeout as sleep } from 'node:timers/promises';

/** Waits so many milliseconds. @throws the signal's reason as soon as it aborts, and not an error of Node's about it */
export async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
