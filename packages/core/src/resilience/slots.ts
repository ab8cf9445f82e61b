import { SecondpassError } from '../errors.ts';
import { onAbort } from '../on-abort.ts';
import type { CallOptions } from '../types.ts';
import { afterDelay } from './timer.ts';

/** A fixed number of slots, and a bounded line of those who wait for one, first come, first served. */
export interface Slots {
  /**
   * Resolves with a function that gives the slot back, to be called once.
   * @throws SecondpassError `overloaded` at once if the line is full; `timed-out` if the deadline passes in it
   */
  take(options: CallOptions | undefined): Promise<() => void>;
}

export function slots(count: number, maxWaiting: number, owner: string): Slots {
  let free = count;
  const line: (() => void)[] = [];
  /** Hands the slot to the first in line, so that nobody who comes later can slip in between. */
  const giveBack = (): void => {
    const first = line.shift();
    if (first) first();
    else free++;
  };
  return {
    async take(options) {
      if (free > 0) {
        free--;
        return giveBack;
      }
      if (line.length >= maxWaiting) {
        const fact = `${owner} runs ${count} call(s) and ${line.length} wait`;
        throw new SecondpassError('overloaded', `${fact}; try again later, or raise concurrency or queue.`);
      }
      return await new Promise<() => void>((resolve, reject) => {
        const { signal, deadline = Infinity } = options ?? {};
        const begin = (): void => {
          forget();
          resolve(giveBack);
        };
        const leave = (reason: unknown): void => {
          forget();
          line.splice(line.indexOf(begin), 1);
          reject(reason);
        };
        const cancel = afterDelay(deadline - Date.now(), () => {
          const fact = `The deadline passed while a call to ${owner} waited for its turn`;
          leave(new SecondpassError('timed-out', `${fact}; allow more time, or raise concurrency.`));
        });
        const forget = (): void => {
          cancel();
          off();
        };
        const off = onAbort(signal, () => leave(signal?.reason));
        line.push(begin);
      });
    },
  };
}
