import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds of work between two turns of the event loop. */
const slice = 4;

/** Long work that lets everything else in the process have its turn: ask `over` after each step, and where it is, wait for `next`. */
export function ownTurn(): { over(): boolean; next(): Promise<void> } {
  let end = performance.now() + slice;
  return {
    over: () => performance.now() >= end,
    async next() {
      await nextTurn();
      end = performance.now() + slice;
    },
  };
}
