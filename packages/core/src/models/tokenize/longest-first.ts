/** How many tokens of each text of a pair stay, so that both together are at most `room`. */
export interface PairLengths {
  readonly first: number;
  readonly second: number;
}

/**
 * The strategy `longest_first` of the reference tokenizers: the longer text gives way until both are equally long, then
 * both do. So a long query never pushes the document out, nor the other way round. An odd token left over goes to the
 * text that was longer (the second, if they were equal).
 */
export function longestFirst(first: number, second: number, room: number): PairLengths {
  if (first + second <= room) return { first, second };
  const shorter = Math.min(first, second);
  const half = Math.floor(room / 2);
  const keepShorter = Math.min(shorter, half);
  const keepLonger = room - keepShorter;
  return first > second ? { first: keepLonger, second: keepShorter } : { first: keepShorter, second: keepLonger };
}
