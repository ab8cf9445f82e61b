import { setImmediate } from 'node:timers/promises';

/**
 * Does work on one item after the other, and lets the process hear of a signal after each: it stops within the time of
 * one.
 * @throws the signal's reason
 */
export async function inTurn<Item, Result>(
  items: Iterable<Item>,
  signal: AbortSignal,
  work: (item: Item) => Result | Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    results.push(await work(item));
    await setImmediate();
    signal.throwIfAborted();
  }
  return results;
}
