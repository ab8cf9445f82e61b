import type { PairLengths } from './longest-first.ts';

/** How prompts are cut to `room` tokens: the query keeps its beginning, up to its share; the document fills the rest. */
export function queryShare(first: number, second: number, room: number, share: number): PairLengths {
  const kept = Math.min(first, Math.floor(room * share));
  return { first: kept, second: Math.min(second, room - kept) };
}
