import type { CallOptions } from '../types.ts';
import { afterDelay } from './timer.ts';
import { untilAborted } from './until-aborted.ts';

/** Waits until all have settled or the deadline has passed, whichever is first; rejects with the reason of an abort. */
export async function settledOrLate(
  work: readonly Promise<unknown>[],
  options: CallOptions | undefined,
): Promise<void> {
  let cancel: (() => void) | undefined;
  const late = new Promise<void>((resolve) => {
    cancel = afterDelay((options?.deadline ?? Infinity) - Date.now(), resolve);
  });
  try {
    await untilAborted(Promise.race([Promise.allSettled(work), late]), options?.signal);
  } finally {
    cancel?.();
  }
}
